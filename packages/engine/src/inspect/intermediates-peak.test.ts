import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { type HostTensor, startEngine } from "../index.ts";
import type { Step } from "../compile/compiled-step.ts";
import { recordStep } from "../compile/record.ts";
import { intermediatesPeak } from "./intermediates-peak.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const x: HostTensor = { values: new Float32Array(4), shape: [4] };
const peak = (step: Step) => intermediatesPeak(recordStep(step, { x }, {}));
/** 1000 floats each. */
const large = (from: tf.Tensor) => tf.tile(from, [250]);
const BYTES = 4000;

it("holds a result until the last op that reads it", () => {
  // Three tiles; each is gone once its sum is there. A sum is 4 bytes.
  expect(
    peak((given) => {
      const sums = [1, 2, 3].map(() => tf.sum(large(given["x"]!)));
      return { y: tf.addN(sums) };
    }),
  ).toBe(BYTES + 3 * 4);
  // All three are read by the last op, which writes over one of them.
  expect(peak((given) => ({ y: tf.addN([1, 2, 3].map(() => large(given["x"]!))) }))).toBe(3 * BYTES);
});

it("holds what the step returns to the end", () => {
  expect(peak((given) => ({ a: large(given["x"]!), b: tf.sum(large(given["x"]!)) }))).toBe(2 * BYTES + 4);
});

it("counts a result in another shape once", () => {
  expect(
    peak((given) => ({ y: tf.sum(tf.reshape(tf.reshape(large(given["x"]!), [10, 100]), [1000])) })),
  ).toBe(BYTES + 4);
});

it("writes over an input that nothing else reads, and not over one that something does", () => {
  expect(peak((given) => ({ y: tf.neg(tf.neg(large(given["x"]!))) }))).toBe(BYTES);
  expect(
    peak((given) => {
      const kept = large(given["x"]!);
      return { y: tf.matMul(tf.reshape(tf.neg(kept), [1, 1000]), tf.reshape(kept, [1000, 1])) };
    }),
  ).toBe(2 * BYTES + 4);
});

it("counts neither state nor inputs", () => {
  const state = tf.variable(tf.ones([1000]));
  const recording = recordStep(() => ({ y: tf.sum(state) }), { x }, { state });
  expect(intermediatesPeak(recording)).toBe(4);
});
