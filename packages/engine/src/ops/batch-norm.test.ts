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
import { batchNormInference, batchNormTraining } from "./batch-norm.ts";
import type { BatchNormState } from "./batch-norm-state.ts";

type Input = "x" | "dy" | "gamma" | "beta" | "runningMean" | "runningVariance";
type Output = "y" | "dx" | "dgamma" | "dbeta" | "runningMean" | "runningVariance";
interface Case {
  name: string;
  momentum: number;
  epsilon: number;
  groups: number;
  inputs: Record<Input, Generated>;
  outputs: Record<Output, { values: number[] }>;
}
const golden = readGolden<Record<"batchNormTraining" | "batchNormInference", Case[]>>(
  new URL("../../fixtures/operations.json", import.meta.url),
);

const inputsOf = ({ inputs }: Pick<Case, "inputs">) => {
  const { x, dy, gamma, beta, runningMean, runningVariance } = generatedAll(inputs);
  const state = { gamma, beta, mean: runningMean, variance: runningVariance } as unknown as BatchNormState;
  return { x: x as tf.Tensor4D, dy, state };
};

beforeAll(() => startEngine({ device: "cpu" }));

describe("batch norm in training", () => {
  it.each(golden.batchNormTraining)("matches PyTorch: $name", (example) => {
    const { outputs } = example;
    const { x, dy, state } = inputsOf(example);
    const { y, mean, variance } = batchNormTraining(x, state, example);
    assertClose(y, outputs.y.values, 1e-5, "y");
    assertClose(mean, outputs.runningMean.values, 1e-5, "running mean");
    assertClose(variance, outputs.runningVariance.values, 1e-5, "running variance");

    const [dx, dGamma, dBeta] = gradients((a, s) => batchNormTraining(a, s, example).y, { x, dy, state });
    assertClose(dx!, outputs.dx.values, 1e-5, "dx");
    assertClose(dGamma!, outputs.dgamma.values, 1e-5, "dgamma");
    assertClose(dBeta!, outputs.dbeta.values, 1e-5, "dbeta");
  });

  it("agrees with central differences of the formula in loops", () => {
    const [m, c] = [6, 2];
    const values = Float64Array.from({ length: m * c }, (_, i) => Math.sin(i * i) + i / 10);
    const weights = values.map((_, i) => Math.cos(3 * i));
    const gamma = [1.3, 0.7];
    const byHand = (x: Float64Array) => {
      let sum = 0;
      for (let channel = 0; channel < c; channel++) {
        const column = x.filter((_, i) => i % c === channel);
        const mean = column.reduce((s, v) => s + v, 0) / m;
        const variance = column.reduce((s, v) => s + (v - mean) ** 2, 0) / m;
        column.forEach((v, row) => {
          sum += (weights[row * c + channel]! * gamma[channel]! * (v - mean)) / Math.sqrt(variance + 1e-5);
        });
      }
      return sum;
    };
    const state = stateOf({ gamma, beta: [0, 0], mean: [0, 0], variance: [1, 1] });
    const [dx] = gradients((a, s) => batchNormTraining(a, s, { momentum: 0.1, epsilon: 1e-5 }).y, {
      x: tf.tensor2d(Float32Array.from(values), [m, c]),
      dy: tf.tensor2d(Float32Array.from(weights), [m, c]),
      state,
    });
    assertClose(dx!, numericGradient(byHand, values, 1e-6), 1e-5, "dx");
  });

  it("leaves the state as it is, and three tensors", () => {
    const { x, state } = inputsOf(golden.batchNormTraining[0]!);
    const before = state.mean.dataSync();
    expect(tensorsLeft(() => batchNormTraining(x, state, { momentum: 0.5, epsilon: 1e-5 }))).toBe(3);
    expect(state.mean.dataSync()).toEqual(before);
  });
});

describe("batch norm at inference", () => {
  it.each(golden.batchNormInference)("matches PyTorch: $name", (example) => {
    const { outputs } = example;
    const inputs = inputsOf(example);
    assertClose(batchNormInference(inputs.x, inputs.state, example), outputs.y.values, 1e-5, "y");
    const [dx, dGamma, dBeta] = gradients((a, s) => batchNormInference(a, s, example), inputs);
    assertClose(dx!, outputs.dx.values, 1e-5, "dx");
    assertClose(dGamma!, outputs.dgamma.values, 1e-5, "dgamma");
    assertClose(dBeta!, outputs.dbeta.values, 1e-5, "dbeta");
  });

  it("leaves one tensor, the result", () => {
    const { x, state } = inputsOf(golden.batchNormInference[0]!);
    expect(tensorsLeft(() => batchNormInference(x, state, { epsilon: 1e-5 }))).toBe(1);
  });
});

function gradients<X extends tf.Tensor2D | tf.Tensor4D>(
  f: (x: X, state: BatchNormState) => tf.Tensor,
  { x, dy, state }: { x: X; dy: tf.Tensor; state: BatchNormState },
): tf.Tensor[] {
  const ofInputs = (...[a, gamma, beta]: tf.Tensor[]) =>
    f(a as X, { ...state, gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D });
  return tf.grads(ofInputs)([x, state.gamma, state.beta], dy);
}

function stateOf(values: Record<keyof BatchNormState, number[]>): BatchNormState {
  return Object.fromEntries(
    Object.entries(values).map(([name, vector]) => [name, tf.tensor1d(vector)]),
  ) as unknown as BatchNormState;
}
