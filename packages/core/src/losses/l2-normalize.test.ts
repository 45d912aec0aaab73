import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, fill, numericGradient, tensorsLeft } from "../testing/index.ts";
import { l2Normalize } from "./l2-normalize.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("l2Normalize", () => {
  it("gives rows of length 1 in their direction", () => {
    assertClose(l2Normalize(tf.tensor2d([[3, 4], [0, -2]])), [0.6, 0.8, 0, -1], 1e-6); // prettier-ignore
  });

  it("leaves a row of zeros at zero", () => {
    assertClose(l2Normalize(tf.zeros([1, 3])), [0, 0, 0], 0);
  });

  it("agrees with central differences of the formula in loops", () => {
    const [x, dy] = [fill("x", 6, 1), fill("dy", 6, 1)];
    const byHand = (values: Float64Array) =>
      values.reduce((sum, v, i) => {
        const row = values.subarray(i - (i % 3), i - (i % 3) + 3);
        return sum + (dy[i]! * v) / Math.hypot(...row);
      }, 0);
    const dx = tf.grad((a) => l2Normalize(a as tf.Tensor2D))(tf.tensor2d(x, [2, 3]), tf.tensor2d(dy, [2, 3]));
    assertClose(dx, numericGradient(byHand, x, 1e-6), 1e-5);
  });

  it("leaves one tensor, the result", () => {
    const x = tf.ones<tf.Rank.R2>([2, 3]);
    expect(tensorsLeft(() => l2Normalize(x))).toBe(1);
  });
});
