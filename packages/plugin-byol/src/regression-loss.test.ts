import { assertClose, fill, numericGradient, refusal, tensorsLeft } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { regressionLoss } from "./regression-loss.ts";

const unitRow = (name: string) => {
  const row = Array.from(fill(name, 4, 1));
  return row.map((x) => x / Math.hypot(...row));
};
const predictions = ["p0", "p1", "p2"].map(unitRow);
const projections = ["t0", "t1", "t2"].map(unitRow);

/** Eq. 2 of arXiv:2006.07733 in loops: the mean squared distance. */
const byHand = (p: readonly number[][]) =>
  p.reduce((sum, row, i) => sum + row.reduce((s, x, d) => s + (x - projections[i]![d]!) ** 2, 0), 0) /
  p.length;

beforeAll(() => startEngine({ device: "cpu" }));

describe("regressionLoss", () => {
  it("is the mean squared distance of the paper, 0 for equal rows and 4 for opposite ones", () => {
    const [p, t] = [tf.tensor2d(predictions), tf.tensor2d(projections)];
    assertClose(regressionLoss(p, t), [byHand(predictions)], 1e-6);
    assertClose(regressionLoss(p, p), [0], 1e-6);
    assertClose(regressionLoss(p, tf.neg(p)), [4], 1e-6);
  });

  it("has the gradient of 2 - 2 cos, which is the distance's on the sphere", () => {
    const gradient = tf.grad((p) => regressionLoss(p as tf.Tensor2D, tf.tensor2d(projections)));
    const cosines = (flat: ArrayLike<number>) =>
      2 - (2 / 3) * Array.from(flat).reduce((sum, x, at) => sum + x * projections.flat()[at]!, 0);
    assertClose(gradient(tf.tensor2d(predictions)), numericGradient(cosines, predictions.flat(), 1e-6), 1e-5);
  });

  it("leaves one tensor behind, and says what is wrong with its input", async () => {
    const [a, b] = [tf.ones<tf.Rank.R2>([2, 3]), tf.ones<tf.Rank.R2>([1, 3])];
    expect(tensorsLeft(() => regressionLoss(a, a))).toBe(1);
    expect(await refusal(() => regressionLoss(a, b))).toBe(
      "SHAPE_MISMATCH: regressionLoss: projections must have shape [2, 3] (same as predictions), got [1, 3].",
    );
  });
});
