import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { createStateStore } from "../state/store.ts";
import {
  assertClose,
  type Generated,
  generated,
  generatedAll,
  numbersOf,
  readGolden,
} from "../testing/index.ts";
import { batchNorm, convolution, dense } from "./layers.ts";
import { createScope, type Scope } from "../state/scope.ts";

/** The values of what `make` adds to a store, by name. */
function valuesOf(make: (scope: Scope) => void, seed = 0): Record<string, number[]> {
  const store = createStateStore();
  make(createScope(store, seed, "", true));
  const values = Object.fromEntries(
    store.entries().map(({ name, variable }) => [name, Array.from(numbersOf(variable))]),
  );
  store.dispose();
  return values;
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - middle) ** 2)));
};

beforeAll(() => startEngine({ device: "cpu" }));

describe("first values", () => {
  it("of a filter are normal, as wide as torchvision's: sqrt(2 / (to size²))", () => {
    const { "conv.weight": filter } = valuesOf((scope) =>
      convolution(scope, "conv", { from: 128, to: 64, size: 3 }),
    );
    const want = Math.sqrt(2 / (64 * 3 * 3));
    expect(deviation(filter!) / want).toBeCloseTo(1, 2);
    expect(mean(filter!) / want).toBeCloseTo(0, 2);
    const beyondTwo = filter!.filter((value) => Math.abs(value) > 2 * want).length / filter!.length;
    expect(beyondTwo).toBeCloseTo(0.0455, 2); // of a normal distribution, not of a uniform one
  });

  it("of a dense layer are uniform in ±1 / sqrt(from), bias included", () => {
    const values = valuesOf((scope) => dense(scope, "fc", { from: 100, to: 1000 }));
    for (const name of ["fc.weight", "fc.bias"]) {
      const own = values[name]!;
      expect(own.every((value) => Math.abs(value) <= 0.1)).toBe(true);
      expect(Math.max(...own.slice(0, 1000))).toBeGreaterThan(0.099);
      expect(deviation(own) * Math.sqrt(3)).toBeCloseTo(0.1, 2);
    }
  });

  it("of batch norm are 1, 0 and the statistics of a standard normal", () => {
    const values = valuesOf((scope) => batchNorm(scope, "bn", 2));
    expect(values).toEqual({
      "bn.weight": [1, 1],
      "bn.bias": [0, 0],
      "bn.running_mean": [0, 0],
      "bn.running_var": [1, 1],
    });
  });

  it("of batch norm without a shift have no bias", () => {
    const values = valuesOf((scope) => batchNorm(scope, "bn", 2, { shift: false }));
    expect(Object.keys(values)).toEqual(["bn.weight", "bn.running_mean", "bn.running_var"]);
  });

  it("depend on seed and name alone, whatever the order", () => {
    const first = (scope: Scope) => dense(scope, "first", { from: 2, to: 3 });
    const second = (scope: Scope) => convolution(scope, "second", { from: 2, to: 3, size: 1 });
    const both = valuesOf((scope) => (first(scope), second(scope)));
    expect(valuesOf((scope) => (second(scope), first(scope)))).toEqual(both);
    expect(valuesOf(first)["first.weight"]).toEqual(both["first.weight"]);
    expect(valuesOf(first, 1)["first.weight"]).not.toEqual(both["first.weight"]);
    expect(valuesOf((scope) => first(scope.child("a")))["a.first.weight"]).not.toEqual(both["first.weight"]);
  });
});

describe("convolution", () => {
  it("pads by half its size and has no bias", () => {
    const store = createStateStore();
    const layer = convolution(createScope(store, 0, "", true), "conv", { from: 1, to: 1, size: 3 });
    store.get("conv.weight").variable.assign(tf.ones([3, 3, 1, 1]));
    const y = layer(tf.ones([1, 3, 3, 1]), { training: true, batchNormGroups: 1 });
    expect([...y.dataSync()]).toEqual([4, 6, 4, 6, 9, 6, 4, 6, 4]);
  });
});

describe("dense", () => {
  it("is x W + b, and x W without bias", () => {
    const store = createStateStore();
    const scope = createScope(store, 0, "", true);
    const layer = dense(scope, "fc", { from: 2, to: 2 });
    const plain = dense(scope, "plain", { from: 2, to: 2, bias: false });
    for (const name of ["fc", "plain"]) {
      store.get(`${name}.weight`).variable.assign(tf.tensor2d([[1, 2], [3, 4]])); // prettier-ignore
    }
    store.get("fc.bias").variable.assign(tf.tensor1d([10, 20]));
    const mode = { training: true, batchNormGroups: 1 };
    expect([...layer(tf.tensor2d([[1, 1]]), mode).dataSync()]).toEqual([14, 26]);
    expect([...plain(tf.tensor2d([[1, 1]]), mode).dataSync()]).toEqual([4, 6]);
    expect(store.entries().some(({ name }) => name === "plain.bias")).toBe(false);
  });
});

describe("batch norm in groups", () => {
  interface Case {
    name: string;
    groups: number;
    inputs: Record<"x" | "dy" | "gamma" | "beta" | "runningMean" | "runningVariance", Generated>;
    outputs: Record<
      "y" | "dx" | "dgamma" | "dbeta" | "runningMean" | "runningVariance",
      { values: number[] }
    >;
  }
  const { splitBatchNorm } = readGolden<{ splitBatchNorm: Case[] }>(
    new URL("../../../engine/fixtures/operations.json", import.meta.url),
  );

  function layerOf(channels: number, values: Record<string, tf.Tensor>) {
    const store = createStateStore();
    const layer = batchNorm<tf.Tensor2D | tf.Tensor4D>(createScope(store, 0, "", true), "bn", channels);
    const names = {
      weight: "gamma",
      bias: "beta",
      running_mean: "runningMean",
      running_var: "runningVariance",
    };
    for (const [own, golden] of Object.entries(names)) {
      store.get(`bn.${own}`).variable.assign(values[golden]!);
    }
    const value = (name: string) => store.get(`bn.${name}`).variable;
    return { layer, value };
  }

  it.each(splitBatchNorm)("is that of separate batches in PyTorch: $name", ({ groups, inputs, outputs }) => {
    const { x, dy, ...state } = generatedAll(inputs);
    const { layer, value } = layerOf(x.shape.at(-1)!, state);
    const mode = { training: true, batchNormGroups: groups };
    const f = (a: tf.Tensor) => tf.sum(tf.mul(layer(a as tf.Tensor4D, mode), dy));
    const { grads } = tf.variableGrads(() => f(x).asScalar(), [value("weight"), value("bias")]);
    assertClose(value("running_mean"), outputs.runningMean.values, 1e-5, "running mean");
    assertClose(value("running_var"), outputs.runningVariance.values, 1e-5, "running variance");
    assertClose(grads[value("weight").name]!, outputs.dgamma.values, 1e-5, "dgamma");
    assertClose(grads[value("bias").name]!, outputs.dbeta.values, 1e-5, "dbeta");
    assertClose(tf.grad(f)(x), outputs.dx.values, 1e-5, "dx");
    assertClose(layer(x as tf.Tensor4D, mode), outputs.y.values, 1e-5, "y");
  });

  it("does not matter at inference", () => {
    const x = generated(splitBatchNorm[0]!.inputs.x) as tf.Tensor4D;
    const { x: _x, dy: _dy, ...state } = generatedAll(splitBatchNorm[0]!.inputs);
    const { layer, value } = layerOf(3, state);
    const before = numbersOf(value("running_mean"));
    const whole = layer(x, { training: false, batchNormGroups: 1 });
    assertClose(layer(x, { training: false, batchNormGroups: 2 }), numbersOf(whole), 0);
    expect(numbersOf(value("running_mean"))).toEqual(before);
  });
});
