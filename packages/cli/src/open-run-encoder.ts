import { representationOf } from "@tssl/core/internal";
import { readRunConfig, readRunContent, type Registry, type RunSettings } from "@tssl/core/run";

import { withModules } from "./registry.ts";
import type { Trust, TrustFlag } from "./trust.ts";

/** What the encoder of a run is made of. */
export interface RunEncoder {
  readonly registry: Registry;
  readonly settings: RunSettings;
  /** As the config names it: "resnet18". */
  readonly use: string;
  /** Its options. */
  readonly options: Readonly<object>;
  readonly trust: Trust;
}

/**
 * Reads a run's config and loads the modules that its encoder needs, and its projection head where that is
 * asked for.
 *
 * @throws {TsslError} UNTRUSTED if the run names code that may not be run; RUN_FOLDER, INVALID_CONFIG
 */
export async function openRunEncoder(
  runFolder: string,
  flags: TrustFlag & { readonly projections?: boolean },
): Promise<RunEncoder> {
  const content = await readRunContent(runFolder);
  // Modules of plugins are needed only where one of them makes a head, or says what evaluation sees.
  const plugins = flags.projections === true || (await representationOf(runFolder)) !== undefined;
  const needed = plugins ? content : { encoder: content["encoder"] };
  const trust: Trust = { config: "run", given: flags.trust };
  const { registry } = await withModules(needed, runFolder, trust);
  const { settings, encoder } = await readRunConfig(runFolder, registry);
  return { registry, settings, use: encoder.definition.name, options: encoder.options, trust };
}
