import type { Shape } from "./shape.ts";

/** Elements before and after an axis. */
export type Sides = readonly [before: number, after: number];

/** The sides of each axis, from numbers in a row: of `explicit_paddings`, or of a tensor `[rank, 2]`. */
export const sidesOfAxes = (numbers: readonly number[]): Sides[] =>
  Array.from({ length: numbers.length / 2 }, (_, axis) => [numbers[2 * axis]!, numbers[2 * axis + 1]!]);

/** A shape with so many more elements around it. */
export const padded = (shape: Shape, sides: readonly Sides[]): number[] =>
  shape.map((length, axis) => sides[axis]![0] + length + sides[axis]![1]);

/**
 * The padding "SAME" of an axis, by which a window has as many places as fit strides into the axis. What is
 * odd comes at the end.
 *
 * @param extent length of the window, with its dilation.
 */
export function sidesForSame(length: number, extent: number, stride: number): Sides {
  const all = Math.max((Math.ceil(length / stride) - 1) * stride + extent - length, 0);
  return [Math.floor(all / 2), Math.ceil(all / 2)];
}
