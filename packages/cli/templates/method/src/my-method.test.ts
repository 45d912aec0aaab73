import { testPlugin } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import plugin, { covariance, invariance, variance } from "./my-method.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const valueOf = (loss: tf.Scalar) => loss.dataSync()[0];
const collapsed = tf.tensor2d([[3, 3], [3, 3]]); // prettier-ignore
const spread = tf.tensor2d([[1, 1], [1, -1], [-1, 1], [-1, -1]]); // prettier-ignore

it("has a loss of 0 where views agree, dimensions vary, and no two of them say the same", () => {
  expect(valueOf(invariance(spread, spread))).toBe(0);
  expect(valueOf(variance(spread))).toBe(0);
  expect(valueOf(covariance(spread))).toBe(0);
});

it("tells views that differ, a collapse, and dimensions that say the same", () => {
  expect(valueOf(invariance(spread, tf.neg(spread)))).toBe(4); // the mean of 2²
  expect(valueOf(variance(collapsed))).toBeCloseTo(0.99, 5); // 1 - sqrt(0 + 1e-4)
  expect(valueOf(covariance(tf.tensor2d([[1, 1], [-1, -1]])))).toBe(4); // prettier-ignore
});

// All that the contract asks of a plugin, in small. Batch norm in the head makes large gradients of small
// differences, hence the small learning rate.
await testPlugin(plugin, { options: { dim: 8 }, learningRate: 1e-5 });
