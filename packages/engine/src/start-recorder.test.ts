import fs from "node:fs";

import * as tf from "@tensorflow/tfjs";
import { describe, expect, it, vi } from "vitest";

import { recordStep } from "./compile/record.ts";
import { attribute, rawOp } from "./ops/raw-op.ts";
import { RECORDING_BINDING } from "./recording-backend.ts";
import { startEngine, startRecorder } from "./start.ts";
import { nativeBackend } from "./tfjs-internals.ts";

const loadsTensorflow = () => fs.readFileSync("/proc/self/maps", "utf8").includes("libtensorflow");
const host = (...values: number[]) => ({ values: Float32Array.from(values), shape: [values.length] });

/** A step with a gradient, an assignment and a constant that was made outside. */
function recordedStep(variable: tf.Variable, constant: tf.Tensor) {
  return recordStep(
    ({ x }) => {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.mul(variable, x!))), [variable]);
      variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, constant)));
      return { loss: value };
    },
    { x: host(1, 2) },
    { variable },
  );
}

// The tests go on from each other, as a process does.
describe("a process that records only", () => {
  const warnings = vi.spyOn(console, "warn");
  let variable: tf.Variable;
  let constant: tf.Tensor;
  let recorded: ReturnType<typeof recordStep>;

  it("cannot record before it is started", () => {
    expect(() => recordStep(() => ({}), {}, {})).toThrow(
      expect.objectContaining({ code: "NOT_STARTED" }) as Error,
    );
  });

  it("records a step, and keeps the values of variables and constants", async () => {
    await startRecorder();
    await startRecorder();
    variable = tf.variable(tf.tensor1d([3, 4]));
    constant = tf.add(tf.scalar(0.25), 0.25);
    recorded = recordedStep(variable, constant);
    expect(recorded.nodes.map(({ op }) => op)).toContain("Square");
    expect(recorded.assigned.size).toBe(1);
    expect(Array.from(variable.dataSync())).toEqual([3, 4]);
    expect(Array.from(constant.dataSync())).toEqual([0.5]);
    expect(tf.getBackend()).toBe("cpu");
  });

  it("computes outside of steps in JavaScript, and says what it cannot", () => {
    expect(Array.from(tf.mul(variable, constant).dataSync())).toEqual([1.5, 2]);
    expect(() => rawOp("Relu", { T: attribute.type("float32") }, [variable], 1)).toThrow(
      expect.objectContaining({
        code: "NOT_STARTED",
        message:
          "The engine was started to record steps, and cannot compute an op of TensorFlow. " +
          "Compute it in a step, or call `await startEngine()`.",
      }) as Error,
    );
  });

  it("refuses what cannot be recorded, and is as it was", () => {
    expect(() => recordStep(() => ({ x: tf.scalar(variable.dataSync()[0]!) }), {}, { variable })).toThrow(
      expect.objectContaining({ code: "NOT_TRACEABLE" }) as Error,
    );
    expect(tf.getBackend()).toBe("cpu");
    expect(Array.from(variable.dataSync())).toEqual([3, 4]);
  });

  it("has not loaded TensorFlow, and prints nothing", () => {
    expect(loadsTensorflow()).toBe(false);
    expect(warnings.mock.calls).toEqual([]);
  });

  it("may start TensorFlow later, which records the same", async () => {
    await startEngine({ device: "cpu" });
    expect(loadsTensorflow()).toBe(true);
    expect(tf.getBackend()).toBe("tensorflow");
    expect(Array.from(tf.mul(variable, constant).dataSync())).toEqual([1.5, 2]);
    const again = recordedStep(variable, constant);
    for (const part of ["inputs", "nodes", "outputs", "assigned", "produced", "gradientOf"] as const) {
      expect(again[part]).toEqual(recorded[part]);
    }
    await startRecorder();
    expect(tf.getBackend()).toBe("tensorflow");
  });

  it("has TensorFlow's numbers for types and attributes", () => {
    const { binding } = nativeBackend();
    for (const [name, number] of Object.entries(RECORDING_BINDING)) {
      if (typeof number === "number") expect([name, number]).toEqual([name, binding[name as "TF_FLOAT"]]);
    }
  });
});
