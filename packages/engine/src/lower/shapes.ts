/** 0 .. n - 1. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/**
 * The shape of two tensors that are broadcast together by NumPy's rule: aligned at the last axis, and an axis
 * of length 1 takes the other's length.
 */
export function jointShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return range(rank).map((i) => {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return m === 1 ? n : m;
  });
}

/** An axis counted from the end, as -1, by its number from 0 on. */
export const fromZero = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** A shape with the given axes of length 1. */
export const keptAxes = (shape: readonly number[], axes: readonly number[]): number[] =>
  shape.map((n, i) => (axes.includes(i) ? 1 : n));
