import type { Sides } from "../shapes/sides.ts";
import type { Combination, Emitter, Value } from "./emitter.ts";
import { longs, sidesText, type TensorType } from "./literals.ts";

/** A window that goes over a tensor: along each axis its length, its step, and the padding. */
export interface Window {
  readonly dims: readonly number[];
  readonly strides: readonly number[];
  readonly sides: readonly Sides[];
}

/** Combines the elements of each window to one. @param start what padding counts as. */
export function reduceWindow(
  emit: Emitter,
  combine: Combination,
  [x, start]: readonly [Value, Value],
  { dims, strides, sides }: Window,
  to: TensorType,
): Value {
  const attributes =
    `window_dimensions = ${longs(dims)}, window_strides = ${longs(strides)}, ` +
    `padding = ${sidesText(sides)}`;
  return emit.withRegions("reduce_window", [x, start], attributes, [{ dtype: x.dtype, combine }], to);
}
