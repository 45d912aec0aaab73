import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { EngineError } from "../errors.ts";
import { foreignVariable, gradientNotInOptimizerState } from "../messages/not-traceable.ts";
import { startEngine } from "../start.ts";
import { assertClose, fill } from "../testing/index.ts";
import type { EngineMode } from "./mode.ts";
import { optimizerState } from "./optimizer-state.ts";
import { createProgram } from "./program.ts";

beforeAll(() => startEngine({ device: "cpu" }));
afterEach(() => tf.disposeVariables());

const STEPS = 10;
const inputs = { values: fill("x", 12, 1), shape: [4, 3] };

const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  "momentum of Nesterov": () => tf.train.momentum(0.1, 0.9, true),
  adagrad: () => tf.train.adagrad(0.1),
  rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5),
  "rmsprop, centered": () => tf.train.rmsprop(0.01, 0.9, 0, 1e-7, true),
  adam: () => tf.train.adam(0.05),
  adadelta: () => tf.train.adadelta(0.5),
  "adamax with decay": () => tf.train.adamax(0.05, 0.9, 0.999, 1e-7, 0.1),
};

/** A dense layer on fixed inputs, whose outputs are to be 1. */
function createModel() {
  const weights = tf.tidy(() => tf.variable(tf.tensor2d(fill("weights", 6, 1), [3, 2])));
  const bias = tf.tidy(() => tf.variable(tf.zeros([2])));
  const loss = (x: tf.Tensor) =>
    tf.mean<tf.Scalar>(tf.square(tf.sub(tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, weights), bias)), 1)));
  return { variables: { weights, bias }, loss };
}

/** The variables after ten steps of plain tfjs. */
function eagerly(optimizer: tf.Optimizer): readonly number[] {
  const { variables, loss } = createModel();
  const x = tf.tensor(inputs.values, inputs.shape);
  for (let step = 0; step < STEPS; step++) optimizer.minimize(() => loss(x));
  return [...variables.weights.dataSync(), ...variables.bias.dataSync()];
}

/** A program that trains the model. */
function compiled(optimizer: tf.Optimizer, mode: EngineMode) {
  const { variables, loss } = createModel();
  const program = createProgram({ state: { ...variables, ...optimizerState(optimizer, variables) }, mode });
  const train = program.compile("train", ({ x }) => ({ loss: optimizer.minimize(() => loss(x!), true)! }));
  return {
    program,
    async take(steps: number) {
      for (let step = 0; step < steps; step++) await train.run({ x: inputs });
    },
    values: () => [...program.state.read("weights").values, ...program.state.read("bias").values],
  };
}

describe.each(Object.entries(optimizers))("%s", (_, create) => {
  it.each<EngineMode>(["eager", "graph"])("takes in mode %s the steps of plain tfjs", async (mode) => {
    const want = eagerly(create());
    const { program, take, values } = compiled(create(), mode);
    await take(STEPS);
    assertClose(values(), want, 1e-6);
    await program.dispose();
  });

  it("goes on from a saved state as if it had not stopped", async () => {
    const whole = compiled(create(), "graph");
    await whole.take(STEPS);
    const begun = compiled(create(), "graph");
    await begun.take(4);
    const saved = new Map(Array.from(begun.program.state, ([name, { values }]) => [name, values]));
    const resumed = compiled(create(), "graph");
    resumed.program.state.writeEach(saved);
    await resumed.take(STEPS - 4);
    expect(resumed.values()).toEqual(whole.values());
    for (const { program } of [whole, begun, resumed]) await program.dispose();
  });
});

it("takes under XLA the steps of plain tfjs", async () => {
  const want = eagerly(tf.train.adam(0.05));
  const { program, take, values } = compiled(tf.train.adam(0.05), "xla");
  await take(STEPS);
  assertClose(values(), want, 1e-6);
  await program.dispose();
});

/** Kingma & Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1, on (w - 1)² + (w - 1) of one weight. */
function adamByHand(start: number, rate: number): number {
  let [w, m, v] = [start, 0, 0];
  for (let t = 1; t <= STEPS; t++) {
    const gradient = 2 * (w - 1) + 1;
    m = 0.9 * m + 0.1 * gradient;
    v = 0.999 * v + 0.001 * gradient ** 2;
    w -= (rate * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-7);
  }
  return w;
}

it("takes Adam's steps as the paper has them", async () => {
  const w = tf.variable(tf.scalar(3));
  const optimizer = tf.train.adam(0.05);
  const program = createProgram({ state: { w, ...optimizerState(optimizer, { w }) } });
  const train = program.compile("train", () => {
    const loss = () => tf.add<tf.Scalar>(tf.square(tf.sub(w, 1)), tf.sub(w, 1));
    return { loss: optimizer.minimize(loss, true)! };
  });
  for (let step = 0; step < STEPS; step++) await train.run({});
  // 1 - accBeta2 has lost three of its digits.
  assertClose(program.state.read("w").values, [adamByHand(3, 0.05)], 1e-5);
  // beta^(t + 1): tfjs has the first power at the start.
  assertClose(program.state.read("optimizer/accBeta1").values, [0.9 ** (STEPS + 1)], 1e-6);
  await program.dispose();
});

describe("optimizerState", () => {
  it("pairs accumulators with variables by name, whatever the order of a step's gradients", async () => {
    const [first, second] = ["first", "second"].map((name) => tf.variable(tf.tensor(fill(name, 2, 1))));
    const variables = { first: first!, second: second! };
    const optimizer = tf.train.momentum(0.1, 0.9);
    const program = createProgram({ state: { ...variables, ...optimizerState(optimizer, variables) } });
    const train = program.compile("train", () => ({
      loss: optimizer.minimize(() => tf.sum(tf.mul(second!, 5)).asScalar(), true, [second!])!,
    }));
    await train.run({});
    const velocities = ["first", "second"].map((name) => [...program.state.read(`${name}/momentum`).values]);
    expect(velocities).toEqual([[0, 0], [5, 5]]); // prettier-ignore
    await program.dispose();
  });

  it("leaves the optimizer at its start, or where it has come to", () => {
    const w = tf.variable(tf.scalar(2));
    const optimizer = tf.train.adam(0.1);
    const numbers = (state: Readonly<Record<string, tf.Variable>>) =>
      Object.fromEntries(Object.entries(state).map(([name, variable]) => [name, variable.dataSync()[0]]));
    const start = numbers(optimizerState(optimizer, { w }, "adam"));
    expect(Object.keys(start)).toEqual(["adam/accBeta1", "adam/accBeta2", "w/m", "w/v"]);
    assertClose(Object.values(start) as number[], [0.9, 0.999, 0, 0], 1e-7);
    expect([w.dataSync()[0], optimizer.iterations]).toEqual([2, 0]);
    optimizer.minimize(() => tf.mul<tf.Scalar>(w, 3));
    const after = numbers(optimizerState(optimizer, { w }, "adam"));
    assertClose(Object.values(after) as number[], [0.81, 0.999 ** 2, 0.3, 0.009], 1e-6);
    expect(optimizer.iterations).toBe(1);
  });

  it("refuses the gradient of a variable that it was not told of", () => {
    const [w, other] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
    const optimizer = tf.train.momentum(0.1, 0.9);
    optimizerState(optimizer, { w });
    expect(() => optimizer.minimize(() => tf.mul<tf.Scalar>(w, other))).toThrow(
      gradientNotInOptimizerState(other.name),
    );
  });

  it("is named where a step uses an optimizer without it", async () => {
    const w = tf.variable(tf.scalar(1));
    const optimizer = tf.train.momentum(0.1, 0.9);
    const program = createProgram({ state: { w } });
    const train = program.compile("train", () => ({
      loss: optimizer.minimize(() => tf.square(w), true)!,
    }));
    const error: unknown = await train.run({}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineError);
    const { verb, name, site } = (error as EngineError).data as Record<string, string>;
    expect((error as Error).message).toBe(
      foreignVariable(verb as "makes", { name } as tf.Variable, site).message,
    );
    expect(verb).toBe("makes");
    await program.dispose();
  });
});
