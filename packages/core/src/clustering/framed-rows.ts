import type { Points } from "./points.ts";

/** Where rows are counted from, and by what they are multiplied. */
export interface Frame {
  readonly origin: Float64Array;
  /** A power of 2, which changes no digit. */
  readonly scale: number;
}

/** The frame in which the mean of all points is zero, and their length about 1. */
export function frameOf({ values, count, dim }: Points): Frame {
  const origin = new Float64Array(dim);
  for (let row = 0, at = 0; row < count; row++) for (let j = 0; j < dim; j++, at++) origin[j]! += values[at]!;
  for (let j = 0; j < dim; j++) origin[j]! /= count;
  let squared = 0;
  for (let row = 0, at = 0; row < count; row++) {
    for (let j = 0; j < dim; j++, at++) squared += (values[at]! - origin[j]!) ** 2;
  }
  return { origin, scale: squared === 0 ? 1 : 2 ** -Math.round(Math.log2(squared / count) / 2) };
}

/** Rows in a frame, each with one more number at its end, made of its squared length. */
export function framedRows(
  values: Float32Array,
  { origin, scale }: Frame,
  last: (row: number, squaredLength: number) => number,
): Float32Array {
  const dim = origin.length;
  const count = values.length / dim;
  const wider = new Float32Array(count * (dim + 1));
  for (let row = 0, from = 0, to = 0; row < count; row++, to++) {
    let squared = 0;
    for (let j = 0; j < dim; j++, from++, to++) {
      const value = (values[from]! - origin[j]!) * scale;
      wider[to] = value;
      squared += value * value;
    }
    wider[to] = last(row, squared);
  }
  return wider;
}
