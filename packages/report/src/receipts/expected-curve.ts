import { meanOf } from "@tssl/core/internal";

import { deviationOf } from "../statistics/deviation-of.ts";
import { boundOfShare } from "../statistics/student.ts";
import type { CurveReceipt, SeedCurve } from "./receipt.ts";

/** Between these bounds lie 95 of 100 further runs. */
export interface Band {
  readonly epoch: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The learning curve that a run of a preset is expected to have. */
export interface ExpectedCurve {
  readonly preset: string;
  /** How many runs the bands are made of. */
  readonly seeds: number;
  /** Of kNN accuracy, a fraction. */
  readonly knn: readonly Band[];
  /** Of the mean loss of an epoch. */
  readonly loss: readonly Band[];
}

/** Share of further runs that a band holds. */
const SHARE = 0.95;

/**
 * The expected curve of a receipt's runs, at the epochs that all of them have; undefined for fewer than three
 * runs, whose scatter says too little.
 */
export function expectedCurve({ preset, tssl }: CurveReceipt): ExpectedCurve | undefined {
  if (tssl.length < 3) return undefined;
  return { preset, seeds: tssl.length, knn: bands(tssl, "knn"), loss: bands(tssl, "loss") };
}

function bands(curves: readonly SeedCurve[], quantity: "knn" | "loss"): readonly Band[] {
  const [first, ...others] = curves.map((curve) => curve[quantity]);
  return first!.flatMap(({ epoch, value }) => {
    const rest = others.map((curve) => curve.find((point) => point.epoch === epoch)?.value);
    return rest.includes(undefined) ? [] : [{ epoch, ...predicted([value, ...(rest as number[])]) }];
  });
}

/**
 * Where one more value of a normal distribution lies, of which there are some: mean ± t s sqrt(1 + 1/n), with
 * Student's t for 95 %. A band of the mean alone would leave out most runs.
 *
 * Reference: Hahn & Meeker 1991, Statistical Intervals, section 4.7.
 *
 * @param values two or more.
 *
 * @example
 * ```ts
 * predicted([1, 2, 3]); // => { mean: 2, low: -2.9683, high: 6.9683 }
 * ```
 */
export function predicted(values: readonly number[]): Omit<Band, "epoch"> {
  const mean = meanOf(values);
  const half =
    boundOfShare(SHARE, values.length - 1) * deviationOf(values) * Math.sqrt(1 + 1 / values.length);
  return { mean, low: mean - half, high: mean + half };
}

/**
 * Where the mean of a normal distribution lies, of which there are some values: mean ± t s / sqrt(n), for
 * 95 %.
 *
 * @param values two or more.
 *
 * @example
 * ```ts
 * meanInterval([1, 2, 3]); // => { mean: 2, low: -0.4841, high: 4.4841 }
 * ```
 */
export function meanInterval(values: readonly number[]): Omit<Band, "epoch"> {
  const mean = meanOf(values);
  const half = (boundOfShare(SHARE, values.length - 1) * deviationOf(values)) / Math.sqrt(values.length);
  return { mean, low: mean - half, high: mean + half };
}
