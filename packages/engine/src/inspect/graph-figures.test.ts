import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import type { Step } from "../compile/compiled-step.ts";
import { type Recording, recordStep } from "../compile/record.ts";
import { conv2d } from "../ops/index.ts";
import { startEngine } from "../start.ts";
import { graphFigures } from "./graph-figures.ts";
import { nodeFigures } from "./node-figures.ts";

beforeAll(() => startEngine({ device: "cpu" }));

/** A step that convolves bytes, differentiates, moves its filter at a rate, and leaves a buffer alone. */
function tinyStep() {
  const filter: tf.Variable = tf.variable(tf.ones([3, 3, 2, 4]));
  const rate: tf.Variable = tf.variable(tf.scalar(0.1));
  const unused: tf.Variable = tf.variable(tf.zeros([10]));
  const step: Step = ({ images }) => {
    const { value, grads } = tf.variableGrads(
      () => tf.sum(conv2d(images as tf.Tensor4D, filter as unknown as tf.Tensor4D, { padding: 1 })),
      [filter],
    );
    filter.assign(tf.sub(filter, tf.mul(grads[filter.name]!, rate)));
    return { value };
  };
  const state = { "net.filter": filter, rate, unused };
  const images = { values: new Uint8Array(2 * 6 * 6 * 2), shape: [2, 6, 6, 2] };
  const recording = recordStep(step, { images }, state);
  const names = Object.keys(state);
  const nodes = nodeFigures(recording, names);
  return { nodes, figures: graphFigures(recording, nodes, names) };
}

describe("figures of a step known by hand", () => {
  const convolution = 2 * 2 * 6 * 6 * 3 * 3 * 2 * 4;

  it("counts ops, each once", () => {
    const { nodes, figures } = tinyStep();
    const counts = Object.fromEntries(figures.types.map(({ op, ops }) => [op, ops]));
    expect(counts).toEqual({
      Cast: 1, // bytes to float
      Conv2D: 1,
      Sum: 1,
      // The gradient of a sum, as tfjs has it: reshape, then multiply by ones of the full size.
      Reshape: 1,
      Fill: 1,
      Mul: 2, // and that of the filter's gradient by the rate
      Conv2DBackpropFilter: 1,
      Sub: 1,
      Const: 6,
    });
    expect(figures.total.ops).toBe(nodes.length);
    expect(figures.types.reduce((sum, { ops }) => sum + ops, 0)).toBe(nodes.length);
    expect(figures.types.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it("keeps forward, gradients and update apart", () => {
    const { nodes, figures } = tinyStep();
    expect(figures.passes.forward.flops).toBe(convolution);
    expect(figures.passes.gradient.flops).toBe(convolution);
    expect(figures.passes.update).toEqual({ ops: 2, flops: 0, bytes: 4 * (72 + 1 + 72) + 4 * 3 * 72 });
    expect(figures.total.flops).toBe(2 * convolution);
    const passOf = (op: string) => nodes.find((node) => node.op === op)!.pass;
    expect(["Cast", "Conv2D", "Sum", "Conv2DBackpropFilter", "Sub"].map(passOf)).toEqual([
      "forward",
      "forward",
      "forward",
      "gradient",
      "update",
    ]);
  });

  it("counts the bytes of each op", () => {
    const { nodes } = tinyStep();
    const bytesOf = (op: string) => nodes.find((node) => node.op === op)!.bytes;
    expect(bytesOf("Cast")).toBe(144 + 4 * 144);
    expect(bytesOf("Conv2D")).toBe(4 * (144 + 72 + 288));
    // Its second input is the filter's shape, four whole numbers.
    expect(bytesOf("Conv2DBackpropFilter")).toBe(4 * (144 + 4 + 288 + 72));
  });

  it("lists constants by size", () => {
    const { figures } = tinyStep();
    // Four lists of four whole numbers: axes of the sum, two shapes, the filter's shape. Two scalars: dy, and
    // the one of the ones.
    expect(figures.constants.map(({ bytes }) => bytes)).toEqual([16, 16, 16, 16, 4, 4]);
    expect(figures.constants[0]).toMatchObject({ dtype: "int32", shape: [4] });
  });

  it("says of each state whether it is read and assigned", () => {
    expect(tinyStep().figures.state).toEqual([
      { name: "net.filter", dtype: "float32", shape: [3, 3, 2, 4], bytes: 288, read: true, assigned: true },
      { name: "rate", dtype: "float32", shape: [], bytes: 4, read: true, assigned: false },
      { name: "unused", dtype: "float32", shape: [10], bytes: 40, read: false, assigned: false },
    ]);
  });

  it("names for each op the user's line and its state, for a gradient those of the op that it is of", () => {
    const { nodes } = tinyStep();
    const [forward, gradient] = ["Conv2D", "Conv2DBackpropFilter"].map((wanted) =>
      nodes.find(({ op }) => op === wanted)!,
    );
    expect(forward!.site).toMatch(/graph-figures\.test\.ts:\d+:\d+$/);
    expect(gradient!.site).toBe(forward!.site);
    expect(forward!.state).toEqual(["net.filter"]);
    expect(gradient!.state).toEqual(["net.filter"]);
  });

  it("counts ops that only say what runs before what", () => {
    const value = { dtype: "float32", shape: [3] };
    const recording: Recording = {
      inputs: [],
      nodes: [
        { name: "Neg_0", op: "Neg", input: ["state0"], attr: {} },
        { name: "computed_1", op: "NoOp", input: ["^Neg_0"], attr: {} },
        { name: "Exp_2", op: "Exp", input: ["Neg_0", "^computed_1"], attr: {} },
      ],
      outputs: [],
      assigned: new Map(),
      sites: new Map(),
      produced: new Map([
        ["state0", [value]],
        ["Neg_0", [value]],
        ["Exp_2", [value]],
      ]),
      gradientOf: new Map(),
    };
    const bytes = nodeFigures(recording, ["x"]).map((node) => [node.op, node.bytes]);
    expect(bytes).toEqual([
      ["Neg", 24],
      ["NoOp", 0],
      ["Exp", 24],
    ]);
  });
});
