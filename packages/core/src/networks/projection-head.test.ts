import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { createStateStore } from "../state/store.ts";
import { assertClose, fill, numbersOf } from "../testing/index.ts";
import { type HeadDefinition, linearHead, mlpHead } from "./projection-head.ts";
import { createScope } from "../state/scope.ts";

const mode = { training: true, batchNormGroups: 1 };
const [ROWS, FEATURES] = [3, 4];
const input = fill("features", ROWS * FEATURES, 1);

function build(definition: HeadDefinition) {
  const store = createStateStore();
  const head = definition(createScope(store, 0, "", true), FEATURES);
  return {
    names: store.entries().map(({ name }) => name),
    value: (name: string) => numbersOf(store.get(name).variable),
    shape: (name: string) => store.get(name).variable.shape,
    outputDim: head.outputDim,
    y: head.forward(tf.tensor2d(input, [ROWS, FEATURES]), mode),
  };
}

/** x W + b in loops. */
function denseByHand(x: ArrayLike<number>, from: number, weight: ArrayLike<number>, bias: ArrayLike<number>) {
  const to = bias.length;
  return Array.from({ length: (x.length / from) * to }, (_, at) => {
    const [row, column] = [Math.floor(at / to), at % to];
    let sum = bias[column]!;
    for (let i = 0; i < from; i++) sum += x[row * from + i]! * weight[i * to + column]!;
    return sum;
  });
}

/** Each column less its mean, over its deviation. */
function standardized(rows: number[], columns: number) {
  return rows.map((v, at) => {
    const column = rows.filter((_, i) => i % columns === at % columns);
    const mean = column.reduce((sum, x) => sum + x, 0) / ROWS;
    const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / ROWS;
    return (v - mean) / Math.sqrt(variance + 1e-5);
  });
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("linearHead", () => {
  it("is one dense layer", () => {
    const { names, value, y, outputDim } = build(linearHead({ dim: 5 }));
    expect([names, outputDim]).toEqual([["0.weight", "0.bias"], 5]);
    assertClose(y, denseByHand(input, FEATURES, value("0.weight"), value("0.bias")), 1e-6);
  });
});

describe("mlpHead", () => {
  it("is dense, relu, dense, with a hidden layer as wide as the features", () => {
    const { names, value, shape, y } = build(mlpHead({ dim: 2, hidden: ["features"] }));
    expect(names).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
    expect([shape("0.weight"), shape("2.weight")]).toEqual([
      [4, 4],
      [4, 2],
    ]);
    const hidden = denseByHand(input, FEATURES, value("0.weight"), value("0.bias"));
    const active = hidden.map((v) => Math.max(v, 0));
    expect(active.includes(0)).toBe(true);
    assertClose(y, denseByHand(active, 4, value("2.weight"), value("2.bias")), 1e-6);
  });

  it("names its layers as nn.Sequential does, without bias before batch norm", () => {
    const { names, shape } = build(mlpHead({ dim: 2, hidden: [8, 6], batchNorm: true }));
    const norm = (at: number) =>
      ["weight", "bias", "running_mean", "running_var"].map((kind) => `${at}.${kind}`);
    expect(names).toEqual(["0.weight", ...norm(1), "3.weight", ...norm(4), "6.weight", "6.bias"]);
    expect([shape("3.weight"), shape("6.weight")]).toEqual([
      [8, 6],
      [6, 2],
    ]);
  });

  it("can end without a bias", () => {
    const { names, value, y } = build(mlpHead({ dim: 2, hidden: [3], last: "plain" }));
    expect(names).toEqual(["0.weight", "0.bias", "2.weight"]);
    const hidden = denseByHand(input, FEATURES, value("0.weight"), value("0.bias"));
    const active = hidden.map((v) => Math.max(v, 0));
    assertClose(y, denseByHand(active, 3, value("2.weight"), [0, 0]), 1e-6);
  });

  it("can end in batch norm without a shift, from a layer without a bias", () => {
    const { names, value, y } = build(mlpHead({ dim: 2, hidden: [3], last: "normalized" }));
    expect(names).toEqual(["0.weight", "0.bias", "2.weight", "3.weight", "3.running_mean", "3.running_var"]);
    const hidden = denseByHand(input, FEATURES, value("0.weight"), value("0.bias"));
    const active = hidden.map((v) => Math.max(v, 0));
    const ending = denseByHand(active, 3, value("2.weight"), [0, 0]);
    assertClose(y, standardized(ending, 2), 1e-4);
  });

  it("normalizes before relu", () => {
    const { value, y } = build(mlpHead({ dim: 2, hidden: [3], batchNorm: true }));
    const hidden = denseByHand(input, FEATURES, value("0.weight"), [0, 0, 0]);
    const active = standardized(hidden, 3).map((v) => Math.max(v, 0));
    assertClose(y, denseByHand(active, 3, value("3.weight"), value("3.bias")), 1e-4);
  });
});
