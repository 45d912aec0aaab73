import type { HostTensor } from "../compile/data-types.ts";
import { sizeOf } from "../shapes/shape.ts";
import { fill } from "../testing/index.ts";

/** Numbers that kernels treat apart, of every kind and order of magnitude. */
export const SPECIAL: readonly number[] = [
  ...[NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5],
  ...[3.4e38, -3.4e38, 4e-38, 1e-7, 6, 88, -104],
];

export const floats = (values: readonly number[], shape = [values.length]): HostTensor => ({
  values: Float32Array.from(values),
  shape,
});

export const integers = (values: readonly number[], shape = [values.length]): HostTensor => ({
  values: Int32Array.from(values),
  shape,
});

let drawn = 0;

/** Numbers in [-scale, scale), other ones at each call. */
export const random = (shape: readonly number[], scale = 1): HostTensor => ({
  values: fill(`random ${drawn++}`, sizeOf(shape), scale),
  shape,
});

/** Positive numbers, 0.1 .. 1.1. */
export const positive = (shape: readonly number[]): HostTensor => ({
  values: Float32Array.from(random(shape).values, (value) => (value + 1) / 2 + 0.1),
  shape,
});

/** Numbers with many equal ones among them: multiples of a quarter, -1 .. 1. */
export const tied = (shape: readonly number[]): HostTensor => ({
  values: Float32Array.from(random(shape).values, (value) => Math.round(value * 4) / 4),
  shape,
});

/** Integers 0 .. below - 1. */
export const indices = (shape: readonly number[], below: number): HostTensor => ({
  values: Int32Array.from(random(shape).values, (value) => Math.floor(((value + 1) / 2) * below)),
  shape,
});
