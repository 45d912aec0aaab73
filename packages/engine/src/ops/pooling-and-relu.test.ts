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
import { globalAveragePool } from "./global-average-pool.ts";
import { maxPool2d } from "./max-pool2d.ts";
import { relu } from "./relu.ts";

interface Case {
  name: string;
  inputs: Record<"x" | "dy", Generated>;
  outputs: Record<"y" | "dx", { values: number[] }>;
}
const golden = readGolden<Record<"relu" | "maxPool" | "globalAveragePool", Case[]>>(
  new URL("../../fixtures/operations.json", import.meta.url),
);
const pool = (x: tf.Tensor4D) => maxPool2d(x, { size: 3, stride: 2, padding: 1 });

beforeAll(() => startEngine({ device: "cpu" }));

describe.each([
  { name: "relu", op: relu<tf.Tensor4D>, cases: golden.relu },
  { name: "maxPool2d", op: pool, cases: golden.maxPool },
  { name: "globalAveragePool", op: globalAveragePool, cases: golden.globalAveragePool },
])("$name", ({ op, cases }) => {
  it.each(cases)("matches PyTorch: $name", ({ inputs, outputs }) => {
    const { x, dy } = generatedAll(inputs);
    assertClose(op(x as tf.Tensor4D), outputs.y.values, 1e-6, "y");
    assertClose(tf.grad((a) => op(a as tf.Tensor4D))(x, dy), outputs.dx.values, 1e-6, "dx");
  });

  it("agrees with central differences of itself", () => {
    // None is at a kink.
    const values = Float64Array.from({ length: 2 * 5 * 4 * 2 }, (_, i) => Math.sin(7 * i * i + 1));
    const tensor = (x: Float64Array) => tf.tensor4d(Float32Array.from(x), [2, 5, 4, 2]);
    const dy = tf.tidy(() => tf.cos(tf.range(0, 80).slice(0, op(tensor(values)).size)));
    const weigh = (x: Float64Array) =>
      tf.tidy(() => tf.sum(tf.mul(op(tensor(x)).flatten(), dy)).dataSync()[0]!);
    const dx = tf.grad((a) => tf.sum(tf.mul(op(a as tf.Tensor4D).flatten(), dy)))(tensor(values));
    assertClose(dx, numericGradient(weigh, values, 1e-3), 2e-3, "dx");
  });

  it("leaves one tensor, the result", () => {
    const { x } = generatedAll(cases[0]!.inputs);
    expect(tensorsLeft(() => op(x as tf.Tensor4D))).toBe(1);
  });
});

describe("relu at zero", () => {
  it("passes no gradient, as PyTorch's", () => {
    const dx = tf.grad((x) => relu(x))(tf.tensor1d([-1, 0, 2]), tf.tensor1d([5, 5, 5]));
    expect([...dx.dataSync()]).toEqual([0, 0, 5]);
  });
});

describe("maxPool2d of negative values", () => {
  it("pads with minus infinity, not with zero", () => {
    const y = pool(tf.fill<tf.Rank.R4>([1, 4, 4, 1], -3));
    expect([...y.dataSync()]).toEqual([-3, -3, -3, -3]);
  });
});
