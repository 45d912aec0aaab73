import {
  compileEncoder,
  encoderFactsOf,
  type EncoderOptions,
  type EncoderRegistry,
  type EvaluatedEncoder,
  makeEncoder,
} from "./load-encoder.ts";

/**
 * Makes the encoder of a run as it was before the first step: its seed draws the same values again. What it
 * measures is the baseline of what the trained encoder measures. The engine must be started.
 *
 * @throws {TsslError} as `loadEncoder`.
 */
export async function loadUntrainedEncoder(
  runFolder: string,
  registry: EncoderRegistry,
  options: EncoderOptions,
): Promise<EvaluatedEncoder> {
  return compileEncoder(await makeEncoder(runFolder, registry, await encoderFactsOf(runFolder)), options);
}
