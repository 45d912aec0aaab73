import { weightsChanged } from "../messages/weights.ts";
import { readWeights, type Weights } from "../networks/weights/read-weights.ts";
import { encoderFactsOf } from "../run/encoder-facts.ts";
import { readRunRecord, WEIGHTS_MARK } from "../run/run-record.ts";
import { readSettledStatistics } from "../run/settled-statistics-file.ts";
import { restoreSnapshot } from "../run/snapshot.ts";
import { compileEncoder, type EncoderOptions, type EvaluatedEncoder } from "./compile-encoder.ts";
import { type EncoderRegistry, makeEncoder, readRunConfig } from "./make-encoder.ts";

/**
 * Makes the encoder of a run as it was before the first step: its seed draws the same values again, and its
 * batch norm has the settled statistics that the run has kept. An encoder that started from a file of weights
 * gets these again. What it measures is the baseline of what the
 * trained encoder measures. The engine must be started.
 *
 * @throws {TsslError} as `loadEncoder`.
 */
export async function loadUntrainedEncoder(
  runFolder: string,
  registry: EncoderRegistry,
  options: EncoderOptions,
): Promise<EvaluatedEncoder> {
  const weights = await firstWeights(runFolder, registry);
  const made = await makeEncoder(runFolder, registry, await encoderFactsOf(runFolder), weights);
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

/** @throws {TsslError} WEIGHTS where the file is no longer what the run started from. */
async function firstWeights(runFolder: string, registry: EncoderRegistry): Promise<Weights | undefined> {
  const { encoder } = await readRunConfig(runFolder, registry);
  if (encoder.weights === undefined) return undefined;
  const weights = await readWeights(encoder.weights);
  const { environment } = await readRunRecord(runFolder);
  if (environment[WEIGHTS_MARK] !== weights.sha256) throw weightsChanged(encoder.weights);
  return weights;
}
