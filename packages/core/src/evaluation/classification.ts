import { scoresMissing } from "../messages/evaluation.ts";
import { type ClassBalance, classBalance } from "./class-balance.ts";

/** How well a classifier's scores agree with the labels. Shares are 0 .. 1. */
export interface Classification extends ClassBalance {
  /** Images classified. */
  readonly images: number;
  /** Share whose class has the highest score; of equal scores the lower class counts as higher. */
  readonly top1: number;
  /**
   * Share whose class is among the five highest; null where there are five classes or fewer, so that all are.
   */
  readonly top5: number | null;
  /** Top-1 of each class's own images; null for a class without any. */
  readonly perClass: readonly (number | null)[];
  /** `confusion[actual][predicted]`: counts. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Counts right and wrong answers.
 *
 * @param scores `[images, classes]`, row after row.
 * @throws {TsslError} INVALID_DATA if there is not one row of scores for each label.
 *
 * @example
 * ```ts
 * const scores = Float32Array.of(0.9, 0.1, 0.8, 0.2); // two images, two classes
 * classification(scores, Int32Array.of(0, 1), 2).confusion; // => [[1, 0], [1, 0]]
 * ```
 */
export function classification(scores: Float32Array, labels: Int32Array, classes: number): Classification {
  if (scores.length !== labels.length * classes) {
    throw scoresMissing(labels.length, classes, scores.length);
  }
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let amongFive = 0;
  labels.forEach((label, image) => {
    const row = scores.subarray(image * classes, (image + 1) * classes);
    confusion[label]![row.indexOf(Math.max(...row))]!++;
    if (rankOf(row, label) < 5) amongFive++;
  });
  const sizes = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const right = confusion.reduce((sum, row, actual) => sum + row[actual]!, 0);
  return {
    images: labels.length,
    top1: right / labels.length,
    top5: classes > 5 ? amongFive / labels.length : null,
    ...classBalance(confusion),
    perClass: confusion.map((row, actual) => (sizes[actual] === 0 ? null : row[actual]! / sizes[actual]!)),
    confusion,
  };
}

/** How many classes come before this one, by score and then by number. */
const rankOf = (row: Float32Array, label: number): number =>
  row.reduce(
    (rank, score, other) =>
      score > row[label]! || (score === row[label]! && other < label) ? rank + 1 : rank,
    0,
  );
