import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import type { Step } from "../compile/compiled-step.ts";
import { conv2d } from "../ops/index.ts";
import { startEngine } from "../start.ts";
import { chromeTrace } from "./chrome-trace.ts";
import { inspectStep } from "./inspect-step.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const BATCH = 4;
const FLOPS = 2 * BATCH * 16 * 16 * 3 * 3 * 8 * 8;

/** Two convolutions with the same filter, its gradient, and a move of it. */
function convolvingStep(): { step: Step; state: Record<string, tf.Variable> } {
  const filter: tf.Variable = tf.variable(tf.fill([3, 3, 8, 8], 0.01));
  const step: Step = ({ images }) => {
    const layer = (x: tf.Tensor) =>
      conv2d(x as tf.Tensor4D, filter as unknown as tf.Tensor4D, { padding: 1 });
    const { value, grads } = tf.variableGrads(() => tf.mean(layer(layer(images!))), [filter]);
    filter.assign(tf.sub(filter, grads[filter.name]!));
    return { value };
  };
  return { step, state: { filter } };
}

const images = { values: new Float32Array(BATCH * 16 * 16 * 8).fill(1), shape: [BATCH, 16, 16, 8] };

describe("inspectStep", () => {
  it("has TensorFlow say when each op of a graph ran", async () => {
    const { step, state } = convolvingStep();
    const { graph, milliseconds, trace, typeCosts, lineCosts, overlap } = await inspectStep(
      step,
      { images },
      { state, mode: "graph", steps: 3 },
    );
    expect(milliseconds.warm).toHaveLength(3);
    expect(graph.passes.forward.flops).toBe(2 * FLOPS);
    // Of the first layer nothing asks for the gradient by its input.
    expect(graph.passes.gradient.flops).toBe(3 * FLOPS);

    const ran = (wanted: string) => trace.filter(({ op }) => op === wanted);
    expect(ran("Conv2D")).toHaveLength(2);
    expect(ran("Conv2DBackpropFilter")).toHaveLength(2);
    expect(ran("Conv2DBackpropInput")).toHaveLength(1);
    expect(ran("AssignVariableOp")).toHaveLength(1);
    for (const op of [...ran("Conv2D"), ...ran("Conv2DBackpropFilter")]) {
      expect(op).toMatchObject({ kernel: `_MklNative${op.op}`, oneDnn: true, flops: FLOPS });
      expect(op.milliseconds).toBeGreaterThan(0);
      expect(op.milliseconds).toBeLessThan(milliseconds.traced);
      expect(op.recorded!.state).toEqual(["filter"]);
      expect(op.recorded!.site).toMatch(/inspect-step\.test\.ts:\d+:\d+$/);
    }
    expect(overlap.span).toBeLessThan(milliseconds.traced);
    expect(overlap.none + overlap.one + overlap.several).toBeCloseTo(overlap.span, 6);
    expect(typeCosts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    const line = ran("Conv2D")[0]!.recorded!.site!.replace(/:\d+$/, "");
    // Two convolutions and their three gradients, all of one line; there is nothing else that takes long.
    expect(lineCosts[0]).toMatchObject({ line });
    expect(lineCosts[0]!.calls).toBeGreaterThanOrEqual(5);

    const bars = chromeTrace(trace).traceEvents.filter(({ ph }) => ph === "X");
    expect(bars).toHaveLength(trace.length);
    expect(bars.every(({ ts, dur }) => ts! >= 0 && dur! >= 0)).toBe(true);
    const byLane = new Map<number, number>();
    for (const { tid, ts, dur } of bars) {
      // Nothing starts on a lane before what is on it has ended; to the thousandth of a nanosecond.
      expect(ts!).toBeGreaterThanOrEqual((byLane.get(tid) ?? 0) - 1e-6);
      byLane.set(tid, ts! + dur!);
    }
  });

  it("sees of XLA's program one call, and counts the recorded graph all the same", async () => {
    const { step, state } = convolvingStep();
    const { graph, trace, typeCosts } = await inspectStep(step, { images }, { state, mode: "xla", steps: 1 });
    expect(graph.total.flops).toBe(5 * FLOPS);
    expect(trace.filter(({ op }) => op === "StatefulPartitionedCall")).toHaveLength(1);
    expect(typeCosts.some(({ op }) => op.startsWith("Conv2D"))).toBe(false);
  });

  it("changes no state and leaves no tensor behind", async () => {
    const { step, state } = convolvingStep();
    const before = [...state["filter"]!.dataSync()];
    const tensors = tf.memory().numTensors;
    await inspectStep(step, { images }, { state, mode: "graph", steps: 1 });
    expect([...state["filter"]!.dataSync()]).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
