// The sentences of errors INVALID_OPTION in evaluation, and of its notices.

import { type CheckpointScore, didYouMean, percent, shownValue as quoted } from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";

export const testNotGiven = (): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    "Name the images to classify with --test: the config of this run names none, as neither data.test nor " +
      "evaluation.test is set.",
    { data: { path: "--test" } },
  );

/** @param use the encoder as the config names it. */
export const encoderWithoutLayers = (use: string): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `The protocol vissl classifies by the feature maps of an encoder's stages, and ${use} has none. Train ` +
      "on its features with --layers features, or choose another --protocol.",
    { data: { path: "--layers", encoder: use } },
  );

export const layersUnknown = (use: string, unknown: readonly string[], known: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `--layers must name layers of ${use}: ${known.join(", ")}; got ${unknown.map(quoted).join(", ")}.` +
      didYouMean(unknown[0]!, known),
    { data: { path: "--layers", encoder: use, unknown, known } },
  );

/** A notice. @param reason a sentence. */
export const baselineNotMeasured = (reason: string): string =>
  `The untrained encoder could not be measured, so there is no baseline: ${reason}`;

/**
 * A notice: what `--checkpoint best` means.
 *
 * @param testOfRun whether the images that are classified are those that the run was evaluated on.
 */
export function checkpointChosen(
  checkpoint: string,
  { by, value }: CheckpointScore,
  testOfRun: boolean,
): string {
  if (by === "rank") {
    return (
      `${checkpoint} is the best by the effective rank of its features, ${value.toPrecision(3)}; no label ` +
      "was looked at."
    );
  }
  if (by === "held-out") {
    return (
      `${checkpoint} is the best by kNN accuracy on held-out labelled images, ${percent(value)}; no test ` +
      "image was looked at."
    );
  }
  return (
    `${checkpoint} is the best by kNN accuracy on the run's test images, ${percent(value)}` +
    (testOfRun
      ? ", which are classified here too: results of a checkpoint that was chosen by them are too good. " +
        "checkpoint.best: held-out, or rank, chooses without them."
      : ".")
  );
}

/** A notice. @param reason what the system says. */
export const evaluationNotKept = (runFolder: string, reason: string): string =>
  `The result could not be kept in ${runFolder}: ${reason}.`;

/** A notice. @param chance the loss of guessing, in nats. */
export const probeDiverges = (
  { learningRate, trainLoss }: { readonly learningRate: number; readonly trainLoss: number },
  chance: number,
): string =>
  `With lr ${learningRate} the probe's loss ends at ${trainLoss.toPrecision(3)}, above that of guessing ` +
  `(${chance.toPrecision(3)}): the rate is too large for these features. Try a smaller --lr.`;

/** A notice of low-shot results in VISSL's protocol. */
export const costsByTestImages = (): string =>
  "C is the one with the highest mAP on the test images, as in VISSL's code: read these as best cases.";
