import { setTimeout as sleep } from "node:timers/promises";

import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { programDisposed } from "../messages/computing.ts";
import { startEngine } from "../start.ts";
import { assertClose, compiledModes, fill } from "../testing/index.ts";
import type { HostTensor, HostValues } from "./data-types.ts";
import type { HostTensors, Step } from "./compiled-step.ts";
import { type CompileNotice, createProgram } from "./program.ts";

const MODES = await compiledModes();
const host = (values: HostValues, shape: readonly number[] = [values.length]): HostTensor => ({
  values,
  shape,
});
const floats = (...values: number[]) => host(Float32Array.from(values));
const scalar = (value: number) => host(Float32Array.of(value), []);

// First in this file: the engine starts once per process.
it("says that the engine must be started", () => {
  expect(() => createProgram({ state: {} })).toThrow(expect.objectContaining({ code: "NOT_STARTED" }));
});

describe("once the engine is started", () => {
  beforeAll(() => startEngine({ device: "cpu" }));
  beforeEach(() => tf.disposeVariables());

  const [BATCH, SIZE, CLASSES, STEPS] = [4, 8, 3, 20];

  /** A small convolutional network that is trained on bytes, and everything that its steps change. */
  function createNetwork() {
    const variable = (name: string, shape: number[], scale: number) =>
      tf.tidy(() => tf.variable(tf.tensor(fill(name, tf.util.sizeFromShape(shape), scale), shape)));
    const weights = {
      filter: variable("filter", [3, 3, 3, 6], 0.5) as tf.Variable<tf.Rank.R4>,
      dense: variable("dense", [6, CLASSES], 1) as tf.Variable<tf.Rank.R2>,
      bias: variable("bias", [CLASSES], 0.1) as tf.Variable<tf.Rank.R1>,
    };
    const count = tf.tidy(() => tf.variable(tf.scalar(0, "int32")));
    const step: Step = ({ images, labels, rate }) => {
      const loss = () => {
        const pixels = tf.sub<tf.Tensor4D>(tf.div(images!, 255), 0.5);
        const maps = tf.relu(tf.conv2d(pixels, weights.filter, 1, "same"));
        const features = tf.max(tf.avgPool(maps, 2, 2, "valid"), [1, 2]);
        const logits = tf.add(tf.matMul(features as tf.Tensor2D, weights.dense), weights.bias);
        const logProbabilities = tf.logSoftmax(logits);
        const ofLabels = tf.sum(tf.mul(logProbabilities, tf.oneHot(labels!, CLASSES)), 1);
        return tf.neg(tf.mean<tf.Scalar>(ofLabels));
      };
      const { value, grads } = tf.variableGrads(loss);
      for (const each of Object.values(weights)) each.assign(tf.sub(each, tf.mul(grads[each.name]!, rate!)));
      count.assign(tf.add(count, tf.scalar(1, "int32")));
      return { loss: value, count };
    };
    return { state: { ...weights, count }, step };
  }

  const batch = (call: number): HostTensors => ({
    images: host(
      Uint8Array.from(fill(`images ${call % 3}`, BATCH * SIZE * SIZE * 3, 128), (value) => value + 128),
      [BATCH, SIZE, SIZE, 3],
    ),
    labels: host(Int32Array.from({ length: BATCH }, (_, i) => (i + call) % CLASSES)),
    rate: scalar(0.5 / (1 + call)),
  });

  it.each(["eager", ...MODES] as const)(
    "20 steps of a network in mode %s are those of plain tfjs",
    async (mode) => {
      const plain = createNetwork();
      const wanted = Array.from({ length: STEPS }, (_, call) =>
        tf.tidy(() => {
          const tensors = Object.entries(batch(call)).map(([name, { values, shape }]) => [
            name,
            tf.tensor(Array.from(values), [...shape], name === "labels" ? "int32" : "float32"),
          ]);
          return plain.step(Object.fromEntries(tensors) as Record<string, tf.Tensor>)["loss"]!.dataSync()[0]!;
        }),
      );
      expect(wanted[0]! - wanted[STEPS - 1]!).toBeGreaterThan(0.1);

      const { state, step } = createNetwork();
      const program = createProgram({ mode, state });
      const train = program.compile("train", step);
      const losses: number[] = [];
      for (let call = 0; call < STEPS; call++) {
        const { loss, count } = await train.run(batch(call));
        losses.push(loss!.values[0]!);
        expect(count).toEqual(host(Int32Array.of(call + 1), []));
      }
      assertClose(losses, wanted, 1e-5, "losses");
      for (const [name, { values, shape }] of program.state) {
        const variable = plain.state[name as keyof typeof state];
        expect(shape).toEqual(variable.shape);
        assertClose(values, variable, 1e-4, name);
      }
      await program.dispose();
    },
  );

  describe.each(["eager", ...MODES] as const)("a call in mode %s", (mode) => {
    /** Takes a while, so that the next call is made while it runs. */
    const slowly = (x: tf.Tensor): tf.Tensor => {
      const still = tf.fill([400, 400], 0);
      return tf.add(x, tf.sum(tf.matMul(tf.matMul(still, still), tf.matMul(still, still))));
    };

    it("has copied its inputs when it returns, also while an earlier one runs", async () => {
      const program = createProgram({ mode, state: {} });
      const compiled = program.compile("step", ({ x, bytes, i }) => ({
        x: slowly(x!),
        bytes: tf.sum(bytes!),
        i: i!,
      }));
      const inputs = { x: floats(0, 0), bytes: host(new Uint8Array(3)), i: host(new Int32Array(1)) };
      const calls = [1, 2, 3].map((call) => {
        for (const { values } of Object.values(inputs)) values.fill(call);
        return compiled.run(inputs);
      });
      for (const { values } of Object.values(inputs)) values.fill(99);
      expect(await Promise.all(calls)).toEqual(
        [1, 2, 3].map((call) => ({
          x: floats(call, call),
          bytes: scalar(3 * call),
          i: host(Int32Array.of(call)),
        })),
      );
      await program.dispose();
    });

    it("has copied inputs that were loaded, and runs when it is told to", async () => {
      const x = tf.tidy(() => tf.variable(tf.tensor1d([1])));
      const program = createProgram({ mode, state: { x } });
      const add = program.compile("add", ({ by }) => {
        x.assign(tf.add(x, by!));
        return { x };
      });
      const double = program.compile("double", () => {
        x.assign(tf.mul(x, 2));
        return { x };
      });
      const by = floats(10);
      const loaded = add.load({ by });
      by.values.fill(99);
      expect(await double.run({})).toEqual({ x: floats(2) });
      expect(await loaded.run()).toEqual({ x: floats(12) });
      await program.dispose();
    });

    it("runs after those that were made before it, whichever step they are of", async () => {
      const x = tf.tidy(() => tf.variable(tf.tensor1d([1])));
      const program = createProgram({ mode, state: { x } });
      const double = program.compile("double", () => {
        x.assign(tf.mul(slowly(x), 2));
        return { x };
      });
      const increment = program.compile("increment", () => {
        x.assign(tf.add(x, 1));
        return { x };
      });
      const order: string[] = [];
      const note = (name: string) => (results: unknown) => (order.push(name), results);
      const calls = [
        double.run({}).then(note("first")),
        increment.run({}).then(note("second")),
        double.run({}).then(note("third")),
        increment.run({}).then(note("fourth")),
      ];
      expect(await Promise.all(calls)).toEqual([2, 3, 6, 7].map((value) => ({ x: floats(value) })));
      expect(order).toEqual(["first", "second", "third", "fourth"]);
      await program.dispose();
    });

    it("takes a part of a longer array", async () => {
      const program = createProgram({ mode, state: {} });
      const compiled = program.compile("step", ({ x, bytes }) => ({ x: tf.neg(x!), bytes: tf.neg(bytes!) }));
      const x = host(Float32Array.of(9, 1, 2, 9).subarray(1, 3));
      const bytes = host(Uint8Array.of(9, 9, 9, 3, 4, 9).subarray(3, 5));
      expect(await compiled.run({ x, bytes })).toEqual({ x: floats(-1, -2), bytes: floats(-3, -4) });
      await program.dispose();
    });

    it("returns copies, which nothing else changes", async () => {
      const x = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
      const program = createProgram({ mode, state: { x } });
      const compiled = program.compile("step", () => ({ x, five: tf.add(2, 3) }));
      const first = await compiled.run({});
      for (const { values } of Object.values(first)) values.fill(99);
      expect(program.state.read("x")).toEqual(floats(1, 2));
      program.state.write("x", Float32Array.of(3, 4));
      const second = await compiled.run({});
      expect(first).toEqual({ x: floats(99, 99), five: scalar(99) });
      expect(second).toEqual({ x: floats(3, 4), five: scalar(5) });
      await program.dispose();
    });

    it("leaves no tensor of tfjs behind", async () => {
      const { state, step } = createNetwork();
      const program = createProgram({ mode, state });
      const train = program.compile("train", step);
      const before = tf.memory().numTensors;
      for (let call = 0; call < 3; call++) await train.run(batch(call));
      expect(tf.memory().numTensors).toBe(before);
      await program.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it("refuses inputs that do not fill their shape, the first time and later", async () => {
      const program = createProgram({ mode, state: {} });
      const compiled = program.compile("step", ({ x }) => ({ y: tf.neg(x!) }));
      const short = () => compiled.run({ x: host(Float32Array.of(1, 2), [1000]) });
      const refusal = {
        code: "INVALID_OPTION",
        data: { name: "x", shape: [1000], got: 2 },
      };
      await expect(short()).rejects.toMatchObject(refusal);
      await compiled.run({ x: host(new Float32Array(1000)) });
      await expect(short()).rejects.toMatchObject(refusal);
      await program.dispose();
    });
  });

  describe.each(MODES)("a program in mode %s", (mode) => {
    it("records a step anew for other shapes, and says so each time", async () => {
      const x = tf.tidy(() => tf.variable(tf.scalar(1)));
      const notices: CompileNotice[] = [];
      const program = createProgram({ mode, state: { x }, onNotice: (notice) => notices.push(notice) });
      let recorded = 0;
      const compiled = program.compile("sum", ({ a }) => {
        recorded++;
        x.assign(tf.add(x, tf.sum(a!)));
        return { x };
      });
      const compiling = (shapes: string) => ({
        kind: "compiling",
        step: "sum",
        ops: expect.any(Number) as number,
        shapes,
      });
      const done = { kind: "compiled", step: "sum", seconds: expect.any(Number) as number };

      expect(await compiled.run({ a: floats(1, 2) })).toEqual({ x: scalar(4) });
      expect(await compiled.run({ a: floats(1, 1) })).toEqual({ x: scalar(6) });
      expect(notices).toEqual([compiling("a float32[2]"), done]);
      expect(await compiled.run({ a: floats(1, 2, 3) })).toEqual({ x: scalar(12) });
      expect(await compiled.run({ a: host(Uint8Array.of(1, 255)) })).toEqual({ x: scalar(268) });
      expect(await compiled.run({ a: floats(2, 2) })).toEqual({ x: scalar(272) });
      expect(await compiled.run({ a: floats(0, 0, 1) })).toEqual({ x: scalar(273) });
      expect(recorded).toBe(3);
      expect(notices.slice(2)).toEqual([compiling("a float32[3]"), done, compiling("a uint8[2]"), done]);
      await program.dispose();
    });

    it("records a step ahead of its first run, and says then that it compiles", async () => {
      const notices: string[] = [];
      const program = createProgram({ mode, state: {}, onNotice: ({ kind }) => notices.push(kind) });
      let recorded = 0;
      const compiled = program.compile("double", ({ a }) => {
        recorded++;
        return { double: tf.mul(a!, 2) };
      });
      // The one result is 8 bytes; the constant 2 does not count.
      expect(compiled.record({ a: floats(0, 0) })).toEqual({ ops: 2, intermediateBytes: 8 });
      expect(notices).toEqual([]);
      expect(await compiled.run({ a: floats(1, 2) })).toEqual({ double: floats(2, 4) });
      expect(recorded).toBe(1);
      expect(notices).toEqual(["compiling", "compiled"]);
      await program.dispose();
    });

    it("refuses a fifth set of shapes, and goes on with the four", async () => {
      const program = createProgram({ mode, state: {} });
      const compiled = program.compile("sum", ({ a }) => ({ sum: tf.sum(a!) }));
      const run = (length: number) =>
        compiled.run({ a: host(new Float32Array(length).fill(1)), b: scalar(1) });
      for (const length of [1, 2, 3, 4]) expect(await run(length)).toEqual({ sum: scalar(length) });
      await expect(run(5)).rejects.toMatchObject({
        code: "NOT_TRACEABLE",
        data: { step: "sum", shapes: [1, 2, 3, 4, 5].map((n) => `a float32[${n}]; b float32[]`) },
      });
      for (const length of [4, 1]) expect(await run(length)).toEqual({ sum: scalar(length) });
      const other = program.compile("other", ({ a }) => ({ sum: tf.sum(a!) }));
      expect(await other.run({ a: floats(1, 1, 1, 1, 1) })).toEqual({ sum: scalar(5) });
      await program.dispose();
    });

    it("leaves the event loop free while a step computes", async () => {
      const program = createProgram({ mode, state: {} });
      const compiled = program.compile("slow", ({ x }) => {
        let power = x as tf.Tensor2D;
        for (let i = 0; i < 12; i++) power = tf.matMul(power, x as tf.Tensor2D);
        return { sum: tf.sum(power) };
      });
      const x = host(new Float32Array(500 * 500).fill(1 / 500), [500, 500]);
      await compiled.run({ x });
      const events: string[] = [];
      const step = compiled.run({ x }).then(({ sum }) => {
        events.push("step");
        return sum!.values[0]!;
      });
      const timer = sleep(0).then(() => events.push("timer"));
      expect(await step).toBeCloseTo(500, 0);
      await timer;
      expect(events).toEqual(["timer", "step"]);
      await program.dispose();
    });

    it("ends after what runs, and leaves the tfjs variables", async () => {
      const { state, step } = createNetwork();
      const program = createProgram({ mode, state });
      const train = program.compile("train", step);
      const calls = [0, 1, 2].map((call) => train.run(batch(call)));
      await program.dispose();
      const counts = (await Promise.all(calls)).map(({ count }) => count!.values[0]);
      expect(counts).toEqual([1, 2, 3]);
      expect(state.count.dataSync()[0]).toBe(0);
      assertClose(state.filter, fill("filter", state.filter.size, 0.5), 0);
    });

    it("that was disposed of refuses to run, and may be disposed of again", async () => {
      const x = tf.tidy(() => tf.variable(tf.tensor1d([1])));
      const program = createProgram({ mode, state: { x } });
      const compiled = program.compile("step", ({ by }) => ({ y: tf.mul(x, by!) }));
      const by = floats(2);
      expect(await compiled.run({ by })).toEqual({ y: floats(2) });
      const loaded = compiled.load({ by });
      await program.dispose();
      await program.dispose();
      const disposed = { code: "COMPUTE_FAILED", message: programDisposed().message };
      await expect(compiled.run({ by })).rejects.toMatchObject(disposed);
      await expect(compiled.run({ by: floats(1, 2) })).rejects.toMatchObject(disposed);
      await expect(loaded.run()).rejects.toMatchObject({ code: "COMPUTE_FAILED" });
      expect(() => program.state.read("x")).toThrow(expect.objectContaining(disposed));
      expect(() => program.state.write("x", Float32Array.of(1))).toThrow(expect.objectContaining(disposed));
    });

    it("runs loaded inputs once", async () => {
      const program = createProgram({ mode, state: {} });
      const loaded = program.compile("step", ({ x }) => ({ y: tf.neg(x!) })).load({ x: floats(2) });
      expect(await loaded.run()).toEqual({ y: floats(-2) });
      await expect(loaded.run()).rejects.toMatchObject({
        code: "COMPUTE_FAILED",
        data: { step: "step" },
      });
      await program.dispose();
    });
  });

  it("programs beside one another keep their own state", async () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1])));
    const step: Step = () => {
      x.assign(tf.add(x, 1));
      return { x };
    };
    const [one, other] = [createProgram({ state: { x } }), createProgram({ state: { x } })];
    const [first, second] = [one.compile("step", step), other.compile("step", step)];
    await first.run({});
    await first.run({});
    expect(await second.run({})).toEqual({ x: floats(2) });
    expect(await first.run({})).toEqual({ x: floats(4) });
    await one.dispose();
    expect(await second.run({})).toEqual({ x: floats(3) });
    await other.dispose();
  });
});
