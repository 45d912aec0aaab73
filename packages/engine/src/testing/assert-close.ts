import * as tf from "@tensorflow/tfjs";

export type Numbers = tf.Tensor | ArrayLike<number>;

/** All the numbers of a tensor or array, in order. */
export const numbersOf = (values: Numbers): ArrayLike<number> =>
  values instanceof tf.Tensor ? values.dataSync() : values;

/** Summed in a loop: a large tensor is more than `Math.hypot` takes as arguments. */
const length = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/**
 * How far two tensors are apart, in lengths of the second: `|got - want| / |want|`, each taken as one vector. Larger than any
 * tolerance where they differ in number or one holds NaN.
 *
 * @param floor stands for |want| where that is smaller: gradients that are zero but for rounding.
 */
export function relativeError(got: Numbers, want: Numbers, floor = 0): number {
  const [a, b] = [numbersOf(got), numbersOf(want)];
  if (a.length !== b.length) return Infinity;
  const error = length(Array.from(a, (value, i) => value - b[i]!));
  if (error === 0) return 0;
  return Number.isNaN(error) ? Infinity : error / Math.max(length(Array.from(b)), floor);
}

/**
 * Throws unless two tensors are at most `tolerance` apart, by `relativeError`.
 *
 * @param what named in the message.
 */
export function assertClose(got: Numbers, want: Numbers, tolerance: number, what = "values"): void {
  const error = relativeError(got, want);
  if (error <= tolerance) return;
  const [a, b] = [numbersOf(got), numbersOf(want)];
  if (a.length !== b.length) throw new Error(`${what}: ${a.length} numbers, wanted ${b.length}`);
  const differences = Array.from(a, (value, i) => Math.abs(value - b[i]!));
  const nan = differences.findIndex(Number.isNaN);
  const worst = nan < 0 ? differences.reduce((at, d, i) => (d > differences[at]! ? i : at), 0) : nan;
  throw new Error(
    `${what}: relative error ${error.toPrecision(3)}, allowed ${tolerance}; worst at ${worst}: ${a[worst]}, wanted ${b[worst]}`,
  );
}
