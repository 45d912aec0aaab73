import { type EvaluatedImages, keepEvaluation, type KeptEvaluation, messageOf } from "@tssl/core/internal";
import { type EvaluatedEncoder, TsslError } from "@tssl/core/run";

import { baselineNotMeasured, evaluationNotKept } from "./messages/evaluation.ts";
import type { OpenEncoder, OpenEncoders } from "./open-encoder.ts";
import { tell } from "./terminal.ts";

/** What was measured of a trained encoder, and the same of the untrained one. */
export interface Measured<T> {
  readonly trained: T;
  /** Absent where it was not asked for, or could not be measured. */
  readonly untrained?: T;
}

/** Measures a trained encoder, and then the untrained one as its baseline. Both are disposed. */
export async function measureEncoder<T>(
  { encoder, openUntrained }: Pick<OpenEncoders, "encoder" | "openUntrained">,
  baseline: boolean,
  measure: (encoder: EvaluatedEncoder) => Promise<T>,
): Promise<Measured<T>> {
  const trained = await measureAndDispose(encoder, measure);
  if (!baseline) return { trained };
  return {
    trained,
    ...(await measureBaseline(async () => measureAndDispose(await openUntrained(), measure))),
  };
}

/** Measures a baseline. What was measured before is not lost where that fails; it is told. */
export async function measureBaseline<T>(measure: () => Promise<T>): Promise<Pick<Measured<T>, "untrained">> {
  try {
    return { untrained: await measure() };
  } catch (error) {
    // A learning rate that suits the trained encoder's features may be too large for these.
    // Nor need the file that a run started from be there still.
    if (!(error instanceof TsslError && ["TRAINING_FAILED", "WEIGHTS"].includes(error.code))) throw error;
    tell(baselineNotMeasured(error.message));
    return {};
  }
}

async function measureAndDispose<T>(
  encoder: EvaluatedEncoder,
  measure: (encoder: EvaluatedEncoder) => Promise<T>,
): Promise<T> {
  try {
    return await measure(encoder);
  } finally {
    await encoder.dispose();
  }
}

/** Keeps a result in the run folder. One that cannot be kept was still measured, and printed. */
export const keepResult = (runFolder: string, evaluation: KeptEvaluation): Promise<void> =>
  keepEvaluation(runFolder, evaluation).then(
    () => undefined,
    (error: unknown) => {
      tell(evaluationNotKept(runFolder, messageOf(error)));
    },
  );

/** What an evaluation says of its checkpoint, its images and its time. */
export const evaluatedFacts = ({
  encoder: { facts },
  data: { train, test },
  dataOfRun,
}: Pick<OpenEncoder, "dataOfRun"> & {
  readonly encoder: Pick<OpenEncoder["encoder"], "facts">;
  readonly data: Pick<OpenEncoder["data"], "train" | "test">;
}): Pick<KeptEvaluation, "step" | "epoch" | "measuredAt"> & {
  readonly data: EvaluatedImages;
} => ({
  step: facts.step,
  epoch: facts.epoch,
  measuredAt: new Date().toISOString(),
  data: {
    train: train.root,
    test: test.root,
    trainImages: train.files.length,
    testImages: test.files.length,
    classes: train.classes,
    ofRun: dataOfRun,
  },
});
