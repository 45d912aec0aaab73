import * as tf from "@tensorflow/tfjs";

export type Numbers = tf.Tensor | ArrayLike<number>;

/** All the numbers of a tensor or array, in order. */
export const numbersOf = (values: Numbers): ArrayLike<number> =>
  values instanceof tf.Tensor ? values.dataSync() : values;

/** Computed in a loop, because a large tensor has more numbers than `Math.hypot` accepts as arguments. */
const length = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/**
 * Relative error of two tensors as vectors: `|got - want| / |want|`. Infinity if they differ in size, or one
 * has NaN.
 *
 * @param floor smallest value for |want|, for gradients that are zero except for rounding.
 */
export function relativeError(got: Numbers, want: Numbers, floor = 0): number {
  const [a, b] = [numbersOf(got), numbersOf(want)];
  if (a.length !== b.length) return Infinity;
  const error = length(Array.from(a, (value, i) => value - b[i]!));
  if (error === 0) return 0;
  return Number.isNaN(error) ? Infinity : error / Math.max(length(Array.from(b)), floor);
}

/**
 * Throws unless the `relativeError` of two tensors is at most `tolerance`.
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
    `${what}: relative error ${error.toPrecision(3)}, allowed ${tolerance}; worst at ${worst}: ` +
      `${a[worst]}, wanted ${b[worst]}`,
  );
}
