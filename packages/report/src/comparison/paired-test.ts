import { meanOf } from "@tssl/core/internal";

import { deviationOf } from "../statistics/deviation-of.ts";
import { shareWithin } from "../statistics/student.ts";

/**
 * The two-sided p-value of the paired t-test: how often differences with a mean as far from zero as this one
 * come up where there is no difference. It is exact for normal differences, however few.
 *
 * Reference: Student 1908, The Probable Error of a Mean.
 *
 * @param differences of paired runs.
 * @returns undefined for fewer than two differences, and for equal ones: they tell nothing of their spread.
 *
 * @example
 * ```ts
 * pairedTest([0.012, 0.031]); // => 0.2649
 * ```
 */
export function pairedTest(differences: readonly number[]): number | undefined {
  const count = differences.length;
  if (count < 2 || areEqual(differences)) return undefined;
  const t = (meanOf(differences) / deviationOf(differences)) * Math.sqrt(count);
  return 1 - shareWithin(Math.abs(t), count - 1);
}

/** The sum of the normal distribution's 97.5 % and 80 % points. */
const POINTS = 1.95996 + 0.84162;

/**
 * About how many seeds it takes until a paired t-test at 5 % finds a difference of this size in 80 % of
 * cases, if it is as large as it looks: a normal approximation with Guenther's correction, which is exact or
 * one too few.
 *
 * Reference: Guenther 1981, Sample Size Formulas for Normal Theory T Tests.
 *
 * @returns undefined where the spread of the differences is not known.
 */
export function seedsToTell(differences: readonly number[]): number | undefined {
  if (differences.length < 2 || areEqual(differences)) return undefined;
  const effect = meanOf(differences) / deviationOf(differences);
  return Math.max(4, Math.ceil((POINTS / effect) ** 2 + 1.95996 ** 2 / 2));
}

/** Equal but for the rounding of what they are differences of. */
function areEqual(values: readonly number[]): boolean {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
}

/**
 * Holm's correction of p-values of tests that were made together: as many times a test is right by luck as
 * for one alone.
 *
 * Reference: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.
 *
 * @example
 * ```ts
 * holm([0.01, 0.04, 0.03]); // => [0.03, 0.06, 0.06]
 * ```
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const corrected = new Array<number>(pValues.length).fill(0);
  let before = 0;
  order.forEach((at, place) => {
    before = Math.max(before, Math.min(1, pValues[at]! * (pValues.length - place)));
    corrected[at] = before;
  });
  return corrected;
}
