import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { compiledModes } from "../testing/index.ts";
import type { HostTensor } from "./data-types.ts";
import type { Program } from "./compiled-step.ts";
import { createProgram } from "./program.ts";

const MODES = await compiledModes();
let weights: tf.Variable<tf.Rank.R2>;
let count: tf.Variable<tf.Rank.R0>;

const weightsOf = (...values: number[]): HostTensor => ({ values: Float32Array.from(values), shape: [2, 2] });
const countOf = (value: number): HostTensor => ({ values: Int32Array.of(value), shape: [] });

beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(() => {
  tf.disposeVariables();
  weights = tf.variable(tf.tensor2d([[1, 2], [3, 4]])); // prettier-ignore
  count = tf.variable(tf.scalar(5, "int32"));
});

describe.each(["eager", ...MODES] as const)("a program's state in mode %s", (mode) => {
  let program: Program;
  beforeEach(() => {
    program = createProgram({ mode, state: { "net/weights": weights, count } });
    return () => program.dispose();
  });
  const step = () => {
    weights.assign(tf.mul(weights, 10));
    count.assign(tf.add(count, tf.scalar(1, "int32")));
    return {};
  };

  it("begins with the values of the variables, in the order of their names", () => {
    expect(program.state.names).toEqual(["net/weights", "count"]);
    expect([...program.state]).toEqual([
      ["net/weights", weightsOf(1, 2, 3, 4)],
      ["count", countOf(5)],
    ]);
  });

  it("is what steps leave, for all steps of the program", async () => {
    const [first, second] = [program.compile("first", step), program.compile("second", step)];
    await first.run({});
    await second.run({});
    await first.run({});
    expect(program.state.read("net/weights")).toEqual(weightsOf(1000, 2000, 3000, 4000));
    expect(program.state.read("count")).toEqual(countOf(8));
  });

  it("is what was written to it", async () => {
    program.state.write("net/weights", Float32Array.of(4, 3, 2, 1));
    program.state.write("count", Int32Array.of(-1));
    await program.compile("step", step).run({});
    expect([...program.state]).toEqual([
      ["net/weights", weightsOf(40, 30, 20, 10)],
      ["count", countOf(0)],
    ]);
  });

  it("is read and written in sets, in the order of the names", async () => {
    program.state.writeEach(
      new Map<string, Float32Array | Int32Array>([
        ["count", Int32Array.of(4)],
        ["net/weights", Float32Array.of(4, 3, 2, 1)],
      ]),
    );
    await program.compile("step", step).run({});
    expect(program.state.readEach(["count", "net/weights"])).toEqual([countOf(5), weightsOf(40, 30, 20, 10)]);
    expect(program.state.readEach([])).toEqual([]);
    const wrong = new Map([
      ["net/weights", Float32Array.of(0, 0, 0, 0)],
      ["count", Float32Array.of(1)],
    ]);
    expect(() => program.state.writeEach(wrong)).toThrow("count");
    expect(program.state.read("net/weights")).toEqual(weightsOf(40, 30, 20, 10));
  });

  it("shares no memory with what is read or written", () => {
    const written = Float32Array.of(4, 3, 2, 1);
    program.state.write("net/weights", written);
    written.fill(0);
    program.state.read("net/weights").values.fill(7);
    expect(program.state.read("net/weights")).toEqual(weightsOf(4, 3, 2, 1));
  });

  it("goes to the variables and comes from them when it is told to", async () => {
    await program.compile("step", step).run({});
    program.state.toEager();
    expect([...weights.dataSync()]).toEqual([10, 20, 30, 40]);
    expect(count.dataSync()).toEqual(Int32Array.of(6));
    tf.tidy(() => {
      weights.assign(tf.neg(weights));
      count.assign(tf.scalar(9, "int32"));
    });
    program.state.fromEager();
    expect([...program.state]).toEqual([
      ["net/weights", weightsOf(-10, -20, -30, -40)],
      ["count", countOf(9)],
    ]);
  });

  it("leaves no tensor behind", async () => {
    const compiled = program.compile("step", step);
    await compiled.run({});
    const { numTensors } = tf.memory();
    await compiled.run({});
    program.state.write("count", Int32Array.of(1));
    program.state.toEager();
    program.state.fromEager();
    expect([...program.state].length).toBe(2);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.each<[string, (program: Program) => unknown, object]>([
    ["an unknown name to read", ({ state }) => state.read("bias"), { name: "bias" }],
    ["an unknown name to write", ({ state }) => state.write("bias", Float32Array.of(1)), { name: "bias" }],
    [
      "too few values",
      ({ state }) => state.write("net/weights", Float32Array.of(1, 2, 3)),
      { name: "net/weights", size: 4, type: "Float32Array", got: { type: "Float32Array", size: 3 } },
    ],
    [
      "another type",
      ({ state }) => state.write("count", Float32Array.of(1)),
      { name: "count", size: 1, type: "Int32Array", got: { type: "Float32Array", size: 1 } },
    ],
  ])("refuses %s, and stays as it is", (_, use, data) => {
    expect(() => use(program)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", data }));
    expect([...program.state]).toEqual([
      ["net/weights", weightsOf(1, 2, 3, 4)],
      ["count", countOf(5)],
    ]);
  });
});

describe.each(MODES)("the tfjs variables of a program in mode %s", (mode) => {
  it("keep their values while the state moves on, and go their own way", async () => {
    const program = createProgram({ mode, state: { weights, count } });
    const compiled = program.compile("step", () => {
      weights.assign(tf.mul(weights, 10));
      return {};
    });
    await compiled.run({});
    expect([...weights.dataSync()]).toEqual([1, 2, 3, 4]);
    tf.tidy(() => weights.assign(tf.zeros([2, 2])));
    await compiled.run({});
    expect(program.state.read("weights")).toEqual(weightsOf(100, 200, 300, 400));
    await program.dispose();
    expect([...weights.dataSync()]).toEqual([0, 0, 0, 0]);
  });
});
