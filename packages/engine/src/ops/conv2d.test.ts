import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import {
  assertClose,
  type Generated,
  generatedAll,
  numericGradient,
  readGolden,
  tensorsLeft,
} from "../testing/index.ts";
import { conv2d } from "./conv2d.ts";

interface Case {
  name: string;
  stride: number;
  padding: number;
  inputs: Record<"x" | "filter" | "dy", Generated>;
  outputs: Record<"y" | "dx" | "dfilter", { shape: number[]; values: number[] }>;
}
const { conv2d: cases } = readGolden<{ conv2d: Case[] }>(
  new URL("../../fixtures/operations.json", import.meta.url),
);

const gradients = (x: tf.Tensor, filter: tf.Tensor, dy: tf.Tensor, options: object) =>
  tf.grads((a, b) => conv2d(a as tf.Tensor4D, b as tf.Tensor4D, options))([x, filter], dy) as [
    tf.Tensor,
    tf.Tensor,
  ];

beforeAll(() => startEngine({ device: "cpu" }));

describe("conv2d", () => {
  it.each(cases)("matches PyTorch: $name", (example) => {
    const { x, filter, dy } = generatedAll(example.inputs);
    const y = conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, example);
    expect(y.shape).toEqual(example.outputs.y.shape);
    assertClose(y, example.outputs.y.values, 1e-5, "y");
    const [dx, dFilter] = gradients(x, filter, dy, example);
    assertClose(dx, example.outputs.dx.values, 1e-5, "dx");
    assertClose(dFilter, example.outputs.dfilter.values, 1e-5, "dfilter");
  });

  it.each([
    { size: 5, stride: 1, padding: 1 },
    { size: 4, stride: 1, padding: 2 },
    { size: 6, stride: 2, padding: 1 },
    { size: 5, stride: 2, padding: 0 },
  ])("agrees with central differences of the formula in loops: $size, $stride, $padding", (shape) => {
    const { size, stride, padding } = shape;
    const x = Float64Array.from({ length: size * size * 2 }, (_, i) => Math.sin(i * i));
    const filter = Float64Array.from({ length: 3 * 3 * 2 * 2 }, (_, i) => Math.cos(i * i));
    const out = Math.floor((size + 2 * padding - 3) / stride) + 1;
    const dy = Float64Array.from({ length: out * out * 2 }, (_, i) => Math.cos(2 * i));

    const sumByHand = (image: Float64Array, kernel: Float64Array) => {
      let sum = 0;
      for (const [i, j, o] of places(out, out, 2)) {
        for (const [a, b, c] of places(3, 3, 2)) {
          const [row, column] = [stride * i + a - padding, stride * j + b - padding];
          if (row < 0 || column < 0 || row >= size || column >= size) continue;
          const pixel = image[(row * size + column) * 2 + c]!;
          sum += dy[(i * out + j) * 2 + o]! * pixel * kernel[((a * 3 + b) * 2 + c) * 2 + o]!;
        }
      }
      return sum;
    };
    const [dx, dFilter] = gradients(
      tf.tensor4d(Float32Array.from(x), [1, size, size, 2]),
      tf.tensor4d(Float32Array.from(filter), [3, 3, 2, 2]),
      tf.tensor4d(Float32Array.from(dy), [1, out, out, 2]),
      shape,
    );
    assertClose(
      dx,
      numericGradient((image) => sumByHand(image, filter), x, 1e-4),
      1e-5,
      "dx",
    );
    assertClose(
      dFilter,
      numericGradient((kernel) => sumByHand(x, kernel), filter, 1e-4),
      1e-5,
      "dfilter",
    );
  });

  it("leaves one tensor, the result", () => {
    const { x, filter } = generatedAll(cases[0]!.inputs);
    expect(tensorsLeft(() => conv2d(x as tf.Tensor4D, filter as tf.Tensor4D))).toBe(1);
  });
});

function* places(height: number, width: number, depth: number): Generator<[number, number, number]> {
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) for (let k = 0; k < depth; k++) yield [i, j, k];
}
