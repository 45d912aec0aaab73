import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import type { EngineError } from "../errors.ts";
import { attribute, rawOp } from "../ops/raw-op.ts";
import { startEngine } from "../start.ts";
import { assertClose, compiledModes, fill } from "../testing/index.ts";
import { nativeBackend, tfjsEngine } from "../tfjs-internals.ts";
import type { HostTensor, HostValues } from "./data-types.ts";
import type { EngineMode } from "./mode.ts";
import type { Step } from "./compiled-step.ts";
import { createProgram } from "./program.ts";
import { recordStep } from "./record.ts";

const MODES = await compiledModes();
const host = (values: HostValues, shape: readonly number[] = [values.length]): HostTensor => ({
  values,
  shape,
});
const floats = (...values: number[]) => host(Float32Array.from(values));
const ints = (...values: number[]) => host(Int32Array.from(values));

let v: tf.Variable<tf.Rank.R1>;
let w: tf.Variable<tf.Rank.R1>;
let count: tf.Variable<tf.Rank.R0>;

beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(() => {
  tf.disposeVariables();
  v = tf.variable(tf.tensor1d([1, 2, 3, 4]));
  w = tf.variable(tf.tensor1d([10, 20, 30, 40]));
  count = tf.variable(tf.scalar(0, "int32"));
});
afterEach(() => vi.restoreAllMocks());

/**
 * Calls a step some times in a program of its own: what came out of each call, and the state after all of
 * them.
 */
async function run(step: Step, { mode = "graph", times = 1, state = { v, w, count } }: RunOptions = {}) {
  const program = createProgram({ mode, state });
  try {
    const compiled = program.compile("step", step);
    const results = [];
    for (let i = 0; i < times; i++) results.push(await compiled.run({ x: floats(1, 2), i: ints(7) }));
    return { results, state: Object.fromEntries(program.state) };
  } finally {
    await program.dispose();
  }
}
interface RunOptions {
  mode?: EngineMode;
  times?: number;
  state?: Record<string, tf.Variable>;
}

describe.each(["eager", ...MODES] as const)("a step in mode %s", (mode) => {
  it("reads what it has assigned", async () => {
    const step: Step = () => {
      v.assign(tf.mul(v, 2));
      const between = tf.add(v, 0);
      v.assign(tf.add(v, 1));
      return { between, end: tf.add(v, 0) };
    };
    const { results, state } = await run(step, { mode, times: 2 });
    expect(results).toEqual([
      { between: floats(2, 4, 6, 8), end: floats(3, 5, 7, 9) },
      { between: floats(6, 10, 14, 18), end: floats(7, 11, 15, 19) },
    ]);
    expect(state["v"]).toEqual(floats(7, 11, 15, 19));
  });

  it("returns a variable as it was before an assignment and as it is after", async () => {
    const step: Step = () => {
      const before = v.clone();
      v.assign(tf.add(v, 1));
      return { before, after: v };
    };
    const { results } = await run(step, { mode, times: 2 });
    expect(results).toEqual([
      { before: floats(1, 2, 3, 4), after: floats(2, 3, 4, 5) },
      { before: floats(2, 3, 4, 5), after: floats(3, 4, 5, 6) },
    ]);
    expect(v.isDisposed).toBe(false);
  });

  it("swaps two variables", async () => {
    const step: Step = () => {
      const old = v.clone();
      v.assign(w);
      w.assign(old);
      return { v: v.clone(), w: w.clone() };
    };
    const { results, state } = await run(step, { mode, times: 3 });
    const [first, second] = [floats(1, 2, 3, 4), floats(10, 20, 30, 40)];
    expect(results).toEqual([
      { v: second, w: first },
      { v: first, w: second },
      { v: second, w: first },
    ]);
    expect(state).toMatchObject({ v: second, w: first });
  });

  it("gives one variable another's value, and then moves only the other", async () => {
    const step: Step = () => {
      v.assign(w);
      w.assign(tf.add(w, 1));
      return {};
    };
    const { state } = await run(step, { mode, times: 2 });
    expect(state).toMatchObject({ v: floats(11, 21, 31, 41), w: floats(12, 22, 32, 42) });
  });

  it("keeps two variables apart that began as one tensor", async () => {
    const online = tf.variable(v.clone());
    const target = tf.variable(online.clone());
    const step: Step = () => {
      online.assign(tf.add(online, 1));
      return { online: online.clone(), target: target.clone() };
    };
    const { results } = await run(step, { mode, times: 2, state: { online, target } });
    expect(results).toEqual([
      { online: floats(2, 3, 4, 5), target: floats(1, 2, 3, 4) },
      { online: floats(3, 4, 5, 6), target: floats(1, 2, 3, 4) },
    ]);
  });

  it("holds on to a copy of a variable that was made before the step", async () => {
    const start = v.clone();
    const step: Step = () => {
      v.assign(tf.add(v, 1));
      return { moved: tf.sub(v, start) };
    };
    const { results } = await run(step, { mode, times: 2 });
    expect(results).toEqual([{ moved: floats(1, 1, 1, 1) }, { moved: floats(2, 2, 2, 2) }]);
    expect(start.isDisposed).toBe(false);
  });

  it("reads a variable in another shape", async () => {
    const step: Step = () => {
      const square = tf.reshape<tf.Rank.R2>(v, [2, 2]);
      v.assign(tf.reshape(tf.transpose(square), [4]));
      return { square: tf.matMul(square, square), row: tf.expandDims(v, 0) };
    };
    const { results, state } = await run(step, { mode });
    expect(results).toEqual([
      {
        square: host(Float32Array.of(7, 10, 15, 22), [2, 2]),
        row: host(Float32Array.of(1, 3, 2, 4), [1, 4]),
      },
    ]);
    expect(state["v"]).toEqual(floats(1, 3, 2, 4));
  });

  it("returns an input as it came", async () => {
    const { results } = await run(({ x, i }) => ({ x: x!, i: i!, copy: x!.clone() }), { mode });
    expect(results).toEqual([{ x: floats(1, 2), i: ints(7), copy: floats(1, 2) }]);
  });

  it("assigns an input", async () => {
    const step: Step = ({ i }) => {
      count.assign(tf.reshape(i!, []));
      return {};
    };
    const { results, state } = await run(step, { mode });
    expect(results).toEqual([{}]);
    expect(state["count"]).toEqual(host(Int32Array.of(7), []));
  });

  it("returns constants, and one result under two names", async () => {
    const step: Step = ({ x }) => {
      const sum = tf.sum(x!);
      return { constant: tf.tensor2d([[1.5, 2]]), whole: tf.scalar(3, "int32"), sum, same: sum };
    };
    const { results } = await run(step, { mode, times: 2 });
    const constants = { constant: host(Float32Array.of(1.5, 2), [1, 2]), whole: host(Int32Array.of(3), []) };
    const sums = { sum: host(Float32Array.of(3), []), same: host(Float32Array.of(3), []) };
    expect(results).toEqual([
      { ...constants, ...sums },
      { ...constants, ...sums },
    ]);
  });

  it("assigns a constant and reads it", async () => {
    const step: Step = () => {
      v.assign(tf.tensor1d([5, 6, 7, 8]));
      count.assign(tf.scalar(3, "int32"));
      return { twice: tf.mul(v, 2), next: tf.add(count, tf.scalar(1, "int32")) };
    };
    const { results, state } = await run(step, { mode });
    expect(results).toEqual([{ twice: floats(10, 12, 14, 16), next: host(Int32Array.of(4), []) }]);
    expect(state).toMatchObject({ v: floats(5, 6, 7, 8), count: host(Int32Array.of(3), []) });
  });

  it("returns booleans as bytes", async () => {
    const { results } = await run(({ x }) => ({ larger: tf.greater(x!, 1) }), { mode });
    expect(results).toEqual([{ larger: host(Uint8Array.of(0, 1)) }]);
  });

  it("may do nothing", async () => {
    const { results, state } = await run(() => ({}), { mode });
    expect(results).toEqual([{}]);
    expect(state["v"]).toEqual(floats(1, 2, 3, 4));
  });
});

/** Everything that recording replaces or adds to, while it lasts. */
function surroundings() {
  const engine = tfjsEngine();
  const backend = nativeBackend();
  const { numTensors, numDataBuffers } = tf.memory();
  return {
    numTensors,
    numDataBuffers,
    variables: Object.keys(engine.state.registeredVariables),
    values: [v, w, count].map((variable) => [...variable.dataSync()]),
    random: Math.random,
    assign: tf.Variable.prototype.assign,
    engine: [engine.gradients, engine.addTapeNode, engine.makeVariable],
    backend: [backend.executeSingleOutput, backend.executeMultipleOutputs, backend.read, backend.readSync],
  };
}

const trainStep: Step = ({ x }) => {
  const { value, grads } = tf.variableGrads(() => tf.mean<tf.Scalar>(tf.square(tf.mul(v, tf.sum(x!)))), [v]);
  v.assign(tf.sub(v, tf.mul(grads[v.name]!, 0.1)));
  w.assign(tf.tensor1d([0, 0, 0, 0]));
  count.assign(tf.add(count, tf.scalar(1, "int32")));
  return { value, v };
};

it.each(MODES)("recording in mode %s leaves everything as it was", async (mode) => {
  const before = surroundings();
  await run(trainStep, { mode, times: 3 });
  expect(surroundings()).toEqual(before);
});

/** The line of the last call of `here`: "/…/record.test.ts:12". */
let line = "";
function here<T>(value: T): T {
  line = /\(?([^\s(]+:\d+):\d+\)?$/.exec(new Error().stack!.split("\n")[2]!)![1]!.replace("file://", "");
  return value;
}

const READING = {};
const RANDOM = (source: string) => ({ source });
const VARIABLE = (verb: string, name: string) => ({ verb, name });

/** Steps that cannot be recorded. Each changes a variable before it is refused. */
const refused: Record<string, { step: (x: tf.Tensor, foreign: tf.Variable) => unknown; data?: object }> = {
  "dataSync()": { step: (x) => tf.scalar(here(x).dataSync()[0]!), data: READING },
  "dataSync() of a state variable": { step: () => tf.scalar(here(v).dataSync()[0]!), data: READING },
  "arraySync()": { step: (x) => tf.tensor(here(x).arraySync()), data: READING },
  "print()": { step: (x) => here(x).print(), data: READING },
  "data()": { step: (x) => here(x).data(), data: READING },
  "array()": { step: (x) => here(x).array(), data: READING },
  "Math.random": { step: (x) => tf.mul(x, here(Math).random()), data: RANDOM("Math.random") },
  "randomNormal without a seed": { step: () => here(tf).randomNormal([2]), data: RANDOM("Math.random") },
  dropout: { step: (x) => here(tf).dropout(x, 0.5), data: RANDOM("Math.random") },
  "a random op of TensorFlow": {
    step: () =>
      here(rawOp)(
        "RandomStandardNormal",
        { dtype: attribute.type("float32") },
        [tf.tensor1d([2], "int32")],
        1,
      )[0],
    data: RANDOM("the op RandomStandardNormal"),
  },
  "a large constant": {
    step: () => here(tf).add(tf.tensor(fill("large", 512 * 513, 1), [512, 513]), 1),
    data: { shape: [512, 513], bytes: 512 * 513 * 4 },
  },
  text: {
    step: () => here(tf).expandDims(tf.tensor1d(["a"]), 0),
  },
  "a shape that depends on values": {
    step: (x) => here(rawOp)("Unique", { out_idx: attribute.type("int32") }, [x], 2)[0],
    data: { op: "Unique" },
  },
  "an op whose shapes are not known": {
    step: (x) =>
      here(rawOp)("InTopKV2", {}, [tf.expandDims(x), tf.tensor1d([0], "int32"), tf.scalar(1, "int32")], 1)[0],
    data: { op: "InTopKV2" },
  },
  "a result of a type that tfjs does not have": {
    step: (x) => here(rawOp)("ArgMax", {}, [x, tf.scalar(0, "int32")], 1)[0],
    data: { dtype: "int64" },
  },
  "reading a variable outside the state": {
    step: (x, foreign) => here(tf).mul(x, foreign),
    data: VARIABLE("reads", "foreign"),
  },
  "reading a clone of one": {
    step: (x, foreign) => here(tf).mul(x, foreign.clone()),
    data: VARIABLE("reads", "foreign"),
  },
  "returning one, where the step is run": {
    step: (_, foreign) => foreign,
    data: VARIABLE("reads", "foreign"),
  },
  "assigning one": {
    step: (x, foreign) => here(foreign).assign(x),
    data: VARIABLE("assigns", "foreign"),
  },
  "making one": { step: (x) => here(tf).variable(x, true, "new"), data: VARIABLE("makes", "new") },
  "making one and not returning it": {
    step: (x) => tf.add(here(tf).variable(tf.scalar(1), true, "new"), x),
    data: VARIABLE("makes", "new"),
  },
};

describe.each(Object.entries(refused))("recording refuses %s", (_, { step, data }) => {
  let unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  beforeEach(() => {
    unhandled = [];
    process.on("unhandledRejection", note);
  });
  afterEach(() => process.off("unhandledRejection", note));

  it("with its line, and leaves everything as it was", async () => {
    const foreign = tf.variable(tf.tensor1d([3, 4]), true, "foreign");
    const program = createProgram({ state: { v, w, count } });
    const before = surroundings();
    const compiled = program.compile("step", ({ x }) => {
      v.assign(tf.neg(v));
      const y = step(x!, foreign);
      return y instanceof tf.Tensor ? { y: y as tf.Tensor } : {};
    });
    const running = here(compiled).run({ x: floats(1, 2) });
    const refusal = await running.then(
      () => new Error("recorded"),
      (error: unknown) => error as Error,
    );
    expect(refusal).toMatchObject({ code: "NOT_TRACEABLE" });
    if (data !== undefined) {
      const { site, ...rest } = (refusal as EngineError).data;
      expect(rest).toEqual(data);
      expect(String(site).replace(/:\d+$/, "")).toBe(line);
    }
    expect(surroundings()).toEqual(before);

    const next = program.compile("next", ({ x }) => ({ y: tf.mul(tf.sum(x!), v) }));
    expect(await next.run({ x: floats(1, 2) })).toEqual({ y: floats(3, 6, 9, 12) });
    expect(unhandled).toEqual([]);
    expect(foreign.isDisposed).toBe(false);
    await program.dispose();
  });
});

it("an error of the step itself passes through, and leaves everything as it was", async () => {
  const before = surroundings();
  const mistake = new Error("mine");
  const step: Step = () => {
    trainStep({ x: tf.tensor1d([1, 2]) });
    throw mistake;
  };
  await expect(run(step)).rejects.toBe(mistake);
  expect(surroundings()).toEqual(before);
});

it("says which line put tensors together that do not fit", async () => {
  const step: Step = ({ x }) => ({
    y: here(rawOp)("MatMul", {}, [tf.expandDims(x!, 0), tf.expandDims(v, 0)], 1)[0]!,
  });
  await expect(run(step)).rejects.toMatchObject({
    code: "COMPUTE_FAILED",
    message: expect.stringMatching(
      /^TensorFlow: Dimensions must be equal, but are 2 and 1 for .* \(made at .*record\.test\.ts:\d+:\d+\)$/,
    ) as string,
  });
});

it("computes nothing while it records", () => {
  // The product alone would take terabytes.
  const { produced, outputs } = recordStep(
    ({ x }) => ({ y: tf.sum(tf.matMul(tf.broadcastTo(x!, [2 ** 20, 2]), tf.ones([2, 2 ** 20]))) }),
    { x: floats(1, 2) },
    {},
  );
  expect([...produced.values()]).toContainEqual([{ dtype: "float32", shape: [2 ** 20, 2 ** 20] }]);
  expect(outputs).toMatchObject([{ name: "y", dtype: "float32" }]);
});

it("a constant of one MiB is recorded", async () => {
  const values = fill("large", 512 * 512, 1);
  const { results } = await run(() => ({ same: tf.neg(tf.tensor(values, [512, 512])) }));
  assertClose(
    results[0]!["same"]!.values,
    values.map((value) => -value),
    0,
  );
});

it.each(MODES)("a constant of one number repeated may be large, in mode %s", async (mode) => {
  const size = 600 * 600;
  const of = (values: Uint8Array | Float32Array | Int32Array, dtype: tf.NumericDataType | "bool") =>
    tf.cast(tf.tensor(values, [600, 600], dtype), "int32");
  const step: Step = () => ({
    floats: tf.mul(tf.tensor(new Float32Array(size).fill(2.5), [600, 600]), 2),
    ints: of(new Int32Array(size).fill(-7), "int32"),
    bools: of(new Uint8Array(size).fill(1), "bool"),
    zeros: of(new Float32Array(size), "float32"),
  });
  const [got] = (await run(step, { mode })).results;
  const wanted = { floats: 5, ints: -7, bools: 1, zeros: 0 };
  for (const [name, { values, shape }] of Object.entries(got!)) {
    expect([name, shape, new Set(values)]).toEqual([name, [600, 600], new Set([wanted[name as "ints"]])]);
  }
});
