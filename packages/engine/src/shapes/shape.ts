/** Lengths of the axes of a tensor. */
export type Shape = readonly number[];

/** The number of elements of a tensor. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

/** "[2,3]", as in TensorFlow's sentences. */
export const shapeText = (shape: Shape): string => `[${shape.join(",")}]`;

/** An axis by its number from 0 on; -1 is the last one. */
export const fromZero = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** A shape with the given axes of length 1. */
export const keptAxes = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((length, axis) => (axes.includes(axis) ? 1 : length));

/** The lengths of two shapes axis by axis, aligned at the last one; 1 where a shape has none. */
export function alignedLengths(a: Shape, b: Shape): (readonly [number, number])[] {
  const rank = Math.max(a.length, b.length);
  const lengthIn = (shape: Shape, axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => [lengthIn(a, axis), lengthIn(b, axis)]);
}

/**
 * The shape of two tensors that are broadcast together by NumPy's rule: an axis of length 1 takes the other's
 * length. The shapes must fit; `broadcast` refuses those that do not.
 */
export const jointShape = (a: Shape, b: Shape): number[] =>
  alignedLengths(a, b).map(([m, n]) => (m === 1 ? n : m));
