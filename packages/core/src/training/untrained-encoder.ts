import {
  compileEncoder,
  encoderFactsOf,
  type EncoderOptions,
  type EncoderRegistry,
  type EvaluatedEncoder,
  makeEncoder,
} from "./load-encoder.ts";
import { readSettledStatistics } from "../run/settled-statistics-file.ts";
import { restoreSnapshot } from "../run/snapshot.ts";

/**
 * Makes the encoder of a run as it was before the first step: its seed draws the same values again, and its
 * batch norm has the settled statistics that the run has kept. What it measures is the baseline of what the
 * trained encoder measures. The engine must be started.
 *
 * @throws {TsslError} as `loadEncoder`.
 */
export async function loadUntrainedEncoder(
  runFolder: string,
  registry: EncoderRegistry,
  options: EncoderOptions,
): Promise<EvaluatedEncoder> {
  const made = await makeEncoder(runFolder, registry, await encoderFactsOf(runFolder));
  try {
    const statistics = await readSettledStatistics(runFolder);
    const only = (name: string) => name in statistics;
    restoreSnapshot(statistics, made.store, { source: "features/settled-statistics.safetensors", only });
    return compileEncoder(made, options);
  } catch (error) {
    made.store.dispose();
    throw error;
  }
}
