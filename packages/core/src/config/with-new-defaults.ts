import type { JSONSchemaType } from "ajv";

import type { AnyPlugin } from "../plugins/plugin.ts";
import { checkOptions } from "./check-options.ts";
import type { RunConfig } from "./parse-config.ts";
import type { Registry } from "./registry.ts";
import { runSettingsSchema } from "./run-settings-schema.ts";
import { isSection, type Section } from "./section.ts";
import { withEncoderProperties, withLearningProperties } from "./section-options.ts";

/**
 * A whole config that an earlier version of tssl or of a plugin wrote, with the defaults of options that have
 * come since: a run that such an option leaves as it was can go on.
 *
 * @param earlier a config with all defaults of its time filled in.
 * @param known the definitions that it names.
 * @returns the config completed. A part that uses something else, or that is none which today's schemas
 * allow, is as it was.
 */
export function withNewDefaults(
  earlier: Section,
  { encoders, plugins, optimizers }: Pick<Registry, "encoders" | "plugins" | "optimizers">,
): Section {
  const { encoder, plugins: list, optimizer, ...settings } = earlier;
  return {
    ...completed(settings, runSettingsSchema),
    encoder: chosen(encoder, encoders, withEncoderProperties),
    plugins: Array.isArray(list)
      ? list.map((item) => chosen(item, plugins, ({ options }: AnyPlugin) => options))
      : list,
    optimizer: chosen(optimizer, optimizers, withLearningProperties),
  };
}

/** The definitions that a checked config uses, by the names that it has for them. */
export function definitionsIn({ resolved, encoder, plugins, optimizer }: RunConfig): Registry {
  const use = (item: unknown) => (item as { readonly use: string }).use;
  const uses = (resolved["plugins"] as readonly unknown[]).map(use);
  return {
    encoders: { [use(resolved["encoder"])]: encoder.definition },
    plugins: Object.fromEntries(uses.map((name, i) => [name, plugins[i]!.plugin])),
    optimizers: { [use(resolved["optimizer"])]: optimizer.definition },
  };
}

function chosen<Definition>(
  item: unknown,
  known: Readonly<Record<string, Definition>>,
  schemaOf: (definition: Definition) => object,
): unknown {
  if (!isSection(item) || typeof item["use"] !== "string" || !Object.hasOwn(known, item["use"])) return item;
  const { use, ...options } = item;
  return { use, ...completed(options, schemaOf(known[item["use"]]!)) };
}

function completed(options: Section, schema: object): Section {
  const checked = checkOptions(schema as JSONSchemaType<Section>, options, "");
  return checked.problems === undefined ? checked.value : options;
}
