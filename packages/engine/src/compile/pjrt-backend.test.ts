import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { processDevice } from "../pjrt/process-client.ts";
import { startEngine } from "../start.ts";
import { compiledModes } from "../testing/index.ts";
import type { HostTensor } from "./data-types.ts";
import { createPjrtState } from "./pjrt-state.ts";
import { createProgram } from "./program.ts";

const MODES = await compiledModes();
const floats = (...values: number[]): HostTensor => ({
  values: Float32Array.from(values),
  shape: [values.length],
});

describe.skipIf(!MODES.includes("pjrt"))("a program on a device", () => {
  let x: tf.Variable<tf.Rank.R1>;
  beforeAll(() => startEngine({ device: "cpu" }));
  beforeEach(() => {
    tf.disposeVariables();
    x = tf.variable(tf.tensor1d([1, 2]));
  });

  it("evaluates between steps over the same buffers, which only steps take over", async () => {
    const program = createProgram({ mode: "pjrt", state: { x } });
    const double = program.compile("double", () => {
      x.assign(tf.mul(x, 2));
      return {};
    });
    const read = program.compile("read", ({ by }) => ({ product: tf.mul(x, by!) }));
    for (const factor of [2, 4, 8]) {
      await double.run({});
      expect(await read.run({ by: floats(1, -1) })).toEqual({ product: floats(factor, -2 * factor) });
      expect(await read.run({ by: floats(0, 1) })).toEqual({ product: floats(0, 2 * factor) });
    }
    await program.dispose();
  });

  it("that lost its state in a step that failed says so from then on", () => {
    const { client } = processDevice();
    const state = createPjrtState(client, client.devices, { x });
    state.lose("train");
    const lost = { code: "DEVICE_FAILED", data: { step: "train" } };
    expect(() => state.read("x")).toThrow(expect.objectContaining(lost));
    expect(() => state.write("x", Float32Array.of(1, 2))).toThrow(expect.objectContaining(lost));
    expect(() => state.buffer(0, 0)).toThrow(expect.objectContaining(lost));
    state.close();
  });

  it("has lost its state in a step that ran out of memory, and not in an evaluation that did", async () => {
    const program = createProgram({ mode: "pjrt", state: { x } });
    const huge = () => tf.fill([2 ** 22, 2 ** 20], 1);
    const evaluation = program.compile("evaluation", () => ({ huge: tf.mul(huge(), tf.sum(x)) }));
    await expect(evaluation.run({})).rejects.toMatchObject({ code: "DEVICE_MEMORY_FULL" });
    expect(program.state.read("x")).toEqual(floats(1, 2));
    const step = program.compile("step", () => {
      x.assign(tf.add(x, 1));
      return { huge: huge() };
    });
    await expect(step.run({})).rejects.toMatchObject({ code: "DEVICE_MEMORY_FULL" });
    expect(() => program.state.read("x")).toThrow(
      expect.objectContaining({ code: "DEVICE_FAILED", data: { step: "step" } }),
    );
    await program.dispose();
  });

  it("names an op that has no form for a device, with the line", async () => {
    const program = createProgram({ mode: "pjrt", state: { x } });
    const step = program.compile("step", ({ image }) => ({
      normalized: tf.localResponseNormalization(image as tf.Tensor4D),
    }));
    const image = { values: new Float32Array(12), shape: [1, 2, 2, 3] };
    await expect(step.run({ image })).rejects.toThrow(/LRN.*pjrt-backend\.test\.ts/);
    await program.dispose();
  });
});
