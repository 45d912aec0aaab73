// What came of a run.

import { count, epochs, percent, points, short } from "@tssl/core/internal";

/** kNN accuracies before and after training, as fractions, and after how many epochs. */
export interface KnnChange {
  readonly untrained: number;
  readonly trained: number;
  readonly epoch: number;
}

/**
 * "from 29.6 % (untrained) to 36.1 % after 10 epochs (+6.5 points)", where the gain is that of the numbers
 * shown.
 */
function fromUntrained({ untrained, trained, epoch }: KnnChange): string {
  const gain = points(shown(trained) - shown(untrained));
  return `from ${percent(untrained)} (untrained) to ${percent(trained)} after ${epochs(epoch)} (${gain})`;
}

/** A fraction to the tenth of a percent. */
export const shown = (fraction: number): number => Math.round(fraction * 1000) / 1000;

export const learned = (change: KnnChange): string =>
  `The encoder learned: kNN accuracy rose ${fromUntrained(change)}.`;

export const gotWorse = (change: KnnChange): string =>
  `The encoder got worse: kNN accuracy fell ${fromUntrained(change)}.`;

export const didNotLearn = (change: KnnChange): string =>
  `The encoder did not learn: kNN accuracy went ${fromUntrained(change)}.`;

/** @param luck the largest difference that chance explains, a fraction. */
export const gainTooSmall = (change: KnnChange, luck: number, testImages: number | undefined): string =>
  `The gain is too small to be sure: kNN accuracy went ${fromUntrained(change)}.` +
  (testImages === undefined
    ? ""
    : ` On ${count(testImages)} test images, chance explains differences ` +
      `below ${(100 * luck).toFixed(1)} points.`);

/** @param chance the accuracy of guessing, a fraction. */
export function gainUnknown(accuracy: number, epoch: number, chance: number | undefined): string {
  const guessing = chance === undefined ? "" : ` (guessing: ${percent(chance)})`;
  const reached = `kNN accuracy reached ${percent(accuracy)} after ${epochs(epoch)}${guessing}.`;
  return `${reached} The untrained encoder was not measured, so the gain is unknown.`;
}

export const knnNotANumber = (epoch: number): string =>
  `kNN accuracy was not a number after ${epochs(epoch)}.`;

export function noKnnYet(running: boolean, untrained: number | undefined): string {
  const none = running
    ? "kNN accuracy has not been measured since training began."
    : "The run ended before kNN accuracy was measured again.";
  return untrained === undefined ? none : `${none} The untrained encoder reached ${percent(untrained)}.`;
}

export const nothingMeasured = (why: "no labels" | "no kNN", hasNeighbours: boolean): string =>
  `${why === "no labels" ? "The images have no labels" : "kNN accuracy was not measured"}, ` +
  `so no accuracy says what the encoder learned.${hasNeighbours ? " Judge by the neighbours below." : ""}`;

export const NO_ACCURACY =
  "No labelled images were classified, so how well the encoder tells classes apart is not known.";

/** @param chance the accuracy of guessing, a fraction. */
export const notClearlyBetterThanGuessing = (chance: number): string =>
  `This is not clearly better than guessing (${percent(chance)}).`;

export const fellSinceItsBest = (best: number, epoch: number): string =>
  `kNN accuracy was best after ${epochs(epoch)} (${percent(best)}) and has fallen since.`;

export const lossNotANumber = (step: number): string =>
  `Training broke down: the loss was not a number from step ${count(step)} on.`;

export function lossChange(first: number, last: number): string {
  if (short(first) === short(last)) return `The loss stayed at ${short(first)}.`;
  return `The loss ${last < first ? "fell" : "rose"} from ${short(first)} to ${short(last)}.`;
}
