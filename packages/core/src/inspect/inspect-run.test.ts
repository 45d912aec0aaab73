import { type NodeFigures, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { sgd } from "../optimizers/sgd.ts";
import { meanColour, pullToZero } from "../testing/pull-to-zero.ts";
import { inspectRun } from "./inspect-run.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const config = (more: object = {}) =>
  parseConfig(
    {
      epochs: 1,
      batchSize: 6,
      data: { train: "/nowhere" },
      encoder: { use: meanColour },
      plugins: [{ use: pullToZero("pull") }],
      optimizer: { use: sgd, lr: 0.1, momentum: 0.9 },
      ...more,
    },
    { plugins: {}, encoders: {}, optimizers: {} },
    "test",
  );

const bytesToFloats = (nodes: readonly NodeFigures[]) =>
  nodes.filter(({ inputs }) => inputs[0]?.dtype === "uint8");

/**
 * Mean colours [6, 3] through [3, 4] and [4, 2], forward; then the gradients by both matrices and by what is
 * between them.
 */
const FORWARD = 2 * 6 * 3 * 4 + 2 * 6 * 4 * 2;
const GRADIENT = FORWARD + 2 * 6 * 4 * 2;

it("inspects the training step of a config whose data is not there", async () => {
  const before = tf.memory().numTensors;
  const { facts, views, graph, nodes, milliseconds } = await inspectRun(config(), {
    mode: "graph",
    steps: 2,
  });
  expect(facts).toMatchObject({ batchSize: 6, datasetSize: 6, totalSteps: 1 });
  expect(views).toEqual({ image: [4, 4, 3] });
  expect(graph.passes.forward.flops).toBe(FORWARD);
  expect(graph.passes.gradient.flops).toBe(GRADIENT);
  expect(milliseconds.warm).toHaveLength(2);
  // The images come as bytes: 6 x 4 x 4 x 3 of them, made floats.
  expect(bytesToFloats(nodes).map(({ bytes }) => bytes)).toEqual([5 * 288]);
  // Two weights and two biases, and a momentum for each of them.
  expect(graph.state).toHaveLength(8);
  expect(graph.state.every(({ assigned, read }) => assigned && read)).toBe(true);
  expect(tf.memory().numTensors).toBe(before);
});

it("inspects a step that is accumulated over parts: the same arithmetic, in two halves", async () => {
  const { graph, nodes } = await inspectRun(config({ accumulate: 2 }), { mode: "graph", steps: 1 });
  expect(graph.passes.forward.flops + graph.passes.gradient.flops).toBe(FORWARD + GRADIENT);
  expect(bytesToFloats(nodes).map(({ bytes }) => bytes)).toEqual([5 * 144, 5 * 144]);
});
