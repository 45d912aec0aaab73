import { type LoadedEncoder, loadEncoder } from "@tssl/core/run";

import type { RunEncoder } from "./open-run-encoder.ts";
import { type CompileOptions, startEngineFor } from "./start-engine-for.ts";

/**
 * Starts the engine as the run's config says, and loads the encoder of one of its checkpoints.
 *
 * @param checkpoint its name, or "best"; undefined: the newest.
 * @param projections gives rows behind the projection head, of a run that was opened for them.
 */
export async function loadRunEncoder(
  runFolder: string,
  { registry, settings }: Pick<RunEncoder, "registry" | "settings">,
  checkpoint: string | undefined,
  projections = false,
): Promise<{ readonly encoder: LoadedEncoder; readonly compile: CompileOptions }> {
  const compile = await startEngineFor(settings.engine);
  const encoder = await loadEncoder(runFolder, registry, {
    ...compile,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    projections,
  });
  return { encoder, compile };
}
