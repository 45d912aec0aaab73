import { percentile } from "@tssl/core";
import { randomStream } from "@tssl/augment-zoo";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Share of the resampled means that an interval holds. */
const CONFIDENCE = 0.95;
const RESAMPLES = 10_000;

/**
 * A percentile bootstrap interval of the mean: the middle 95 % of the means of 10,000 resamples, each of
 * which draws as many values as there are, with replacement. With differences of paired runs as values it is
 * the paired bootstrap.
 *
 * Reference: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13. Percentiles between two
 * means are interpolated, as numpy's are. The random numbers are fixed, so the same values have the same
 * interval.
 *
 * With few values it is too narrow: `coverageOf` says how often it holds the true mean.
 *
 * @returns undefined for fewer than two values, whose spread cannot be known.
 *
 * @example
 * ```ts
 * // A quarter of the resamples each are [1, 1] and [2, 2].
 * bootstrapMean([1, 2]); // => { low: 1, high: 2 }
 * ```
 */
export function bootstrapMean(values: readonly number[]): Interval | undefined {
  const count = values.length;
  if (count < 2) return undefined;
  const random = randomStream("bootstrap");
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[random.integer(count)]!;
    return sum / count;
  }).sort();
  const tail = (1 - CONFIDENCE) / 2;
  return { low: percentile(means, tail), high: percentile(means, 1 - tail) };
}

/** The share of cases by the number of values, as fixtures/make_bootstrap.py has simulated it. */
const COVERAGE: readonly (readonly [values: number, share: number])[] = [
  [3, 0.76],
  [4, 0.8],
  [5, 0.84],
  [6, 0.86],
  [7, 0.88],
  [9, 0.89],
  [10, 0.9],
  [15, 0.92],
  [30, 0.94],
];

/**
 * In which share of cases the interval holds the true mean of normal values; it would be 95 % if it were not
 * too narrow.
 *
 * @param count of the values, at least 3.
 */
export const coverageOf = (count: number): number => COVERAGE.findLast(([values]) => values <= count)![1];
