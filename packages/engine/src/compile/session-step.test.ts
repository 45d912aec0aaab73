import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { EngineError } from "../errors.ts";
import { startEngine } from "../start.ts";
import type { Step } from "./compiled-step.ts";
import type { HostTensor } from "./data-types.ts";
import { type CompileNotice, createProgram } from "./program.ts";

const floats = (...values: number[]): HostTensor => ({
  values: Float32Array.from(values),
  shape: [values.length],
});
const index = (value: number): HostTensor => ({ values: Int32Array.of(value), shape: [1] });

let count: tf.Variable<tf.Rank.R0>;

beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(() => {
  tf.disposeVariables();
  count = tf.variable(tf.scalar(0, "int32"));
});

/** The lines that called `here`, in their order. */
const lines: string[] = [];
function here<T>(value: T): T {
  lines.push(/\(?([^\s(]+:\d+):\d+\)?$/.exec(new Error().stack!.split("\n")[2]!)![1]!.replace("file://", ""));
  return value;
}

/** The same indices, after a while. */
function late(indices: tf.Tensor): tf.Tensor1D {
  const still = tf.fill([300, 300], 0);
  const zero = tf.sum(tf.matMul(tf.matMul(still, still), tf.matMul(still, still)));
  return tf.add(indices, tf.cast(zero, "int32"));
}

const counting: Step = ({ x, i, j }) => {
  count.assign(tf.add(count, tf.scalar(1, "int32")));
  const first = here(tf).gather(x!, late(i!));
  const second = here(tf).gather(x!, late(j!));
  return { first, second };
};

describe("an op that fails while a step runs", () => {
  const inputs = (i: number, j: number) => ({ x: floats(5, 6), i: index(i), j: index(j) });

  it("is reported in TensorFlow's words with the line that made it", async () => {
    const program = createProgram({ state: { count } });
    const compiled = program.compile("step", counting);
    lines.length = 0;
    await compiled.run(inputs(0, 1));
    for (const [at, call] of [inputs(7, 0), inputs(0, 7)].entries()) {
      const error = (await compiled.run(call).catch((thrown: unknown) => thrown)) as EngineError;
      expect([error.name, error.code]).toEqual(["EngineError", "COMPUTE_FAILED"]);
      expect(error.message.replace(/GatherV2_\d+/, "GatherV2").replace(/:\d+\)$/, ")")).toBe(
        `TensorFlow: indices[0] = 7 is not in [0, 2) [[{{node g0/GatherV2}}]] (made at ${lines[at]})`,
      );
    }
    await program.dispose();
  });

  it("is told apart from another whose number is the beginning of its own", async () => {
    const program = createProgram({ state: {} });
    const compiled = program.compile("step", ({ x, i, j }) => {
      let entry = here(tf).gather(x!, i as tf.Tensor1D);
      for (let n = 0; n < 5; n++) entry = tf.gather(entry, i as tf.Tensor1D);
      return { entry, other: here(tf).gather(x!, j as tf.Tensor1D) };
    });
    lines.length = 0;
    await compiled.run(inputs(0, 0));
    const error = (await compiled.run(inputs(0, 7)).catch((thrown: unknown) => thrown)) as EngineError;
    expect(error.message).toContain("GatherV2_13}}");
    expect(error.message).toContain(`(made at ${lines[1]}:`);
    await expect(compiled.run(inputs(7, 0))).rejects.toThrow(`GatherV2_1}}]] (made at ${lines[0]}:`);
    await program.dispose();
  });

  it("leaves the state as it was, and the next call works", async () => {
    const program = createProgram({ state: { count } });
    const compiled = program.compile("step", counting);
    await compiled.run(inputs(0, 0));
    for (let call = 0; call < 5; call++) {
      const failing = compiled.run(inputs(0, 7));
      const next = compiled.run(inputs(1, 0));
      await expect(failing).rejects.toThrow("is not in [0, 2)");
      expect(await next).toEqual({ first: floats(6), second: floats(5) });
      expect(program.state.read("count").values[0]).toBe(call + 2);
    }
    await program.dispose();
  });
});

describe("XLA", () => {
  const dilated: Step = ({ x }) => {
    count.assign(tf.add(count, tf.scalar(1, "int32")));
    const image = tf.reshape<tf.Rank.R4>(x!, [1, 3, 1, 1]);
    return { y: tf.reshape(tf.dilation2d(image, tf.tensor3d([[[10]], [[20]]]), 1, "valid"), [2]) };
  };

  it("hands a step with an op that it lacks back to the graph, and names the op once", async () => {
    const notices: CompileNotice[] = [];
    const program = createProgram({
      state: { count },
      mode: "xla",
      onNotice: (notice) => notices.push(notice),
    });
    const compiled = program.compile("dilated", dilated);
    for (let call = 1; call <= 3; call++) {
      expect(await compiled.run({ x: floats(call, 2, 3) })).toEqual({
        y: floats(Math.max(call + 10, 22), 23),
      });
    }
    expect(program.state.read("count").values).toEqual(Int32Array.of(3));
    expect(notices).toEqual([
      { kind: "compiling", step: "dilated", ops: expect.any(Number) as number, shapes: "x float32[3]" },
      {
        kind: "fallback",
        step: "dilated",
        reason: expect.stringContaining("No registered 'Dilation2D' OpKernel") as string,
      },
      { kind: "compiled", step: "dilated", seconds: expect.any(Number) as number },
    ]);
    await program.dispose();
  });

  it("says it also where the graph's first run fails", async () => {
    const notices: CompileNotice[] = [];
    const place = tf.variable(tf.tensor1d([2], "int32"));
    const program = createProgram({
      state: { count, place },
      mode: "xla",
      onNotice: (notice) => notices.push(notice),
    });
    const compiled = program.compile("both", ({ x }) => ({
      ...dilated({ x: x! }),
      z: tf.gather(x!, late(place)),
    }));
    program.state.write("place", Int32Array.of(7));
    for (let call = 0; call < 2; call++) {
      await expect(compiled.run({ x: floats(1, 2, 3) })).rejects.toThrow("is not in [0, 3)");
    }
    program.state.write("place", Int32Array.of(2));
    expect(await compiled.run({ x: floats(1, 2, 3) })).toEqual({ y: floats(22, 23), z: floats(3) });
    expect(notices.map(({ kind }) => kind)).toEqual(["compiling", "fallback", "compiled"]);
    expect(program.state.read("count").values).toEqual(Int32Array.of(1));
    await program.dispose();
  });

  it("compiles what it can into one program", async () => {
    const notices: CompileNotice[] = [];
    const program = createProgram({ state: {}, mode: "xla", onNotice: (notice) => notices.push(notice) });
    const { y } = await program.compile("plain", ({ x }) => ({ y: tf.exp(x!) })).run({ x: floats(0, 1) });
    expect([...y!.values]).toEqual([1, expect.closeTo(Math.E, 6)]);
    expect(notices.map(({ kind }) => kind)).toEqual(["compiling", "compiled"]);
    await program.dispose();
  });
});
