import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { assertClose, fill, numericGradient, tensorsLeft } from "../testing/index.ts";
import { softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from "./softmax-cross-entropy.ts";

const [ROWS, CLASSES] = [3, 5];
const logits = Float64Array.from(fill("logits", ROWS * CLASSES, 3));
const dy = [0.5, -1, 2];
const labels = [4, 0, 2];
const targets = distributions(fill("targets", ROWS * CLASSES, 1));

const rows = (x: ArrayLike<number>) => tf.tensor2d(Float32Array.from(x), [ROWS, CLASSES]);

/** -sum_j t_ij log softmax(x_i)_j in float64, each row shifted by its largest logit. */
function lossesByHand(x: ArrayLike<number>, t: ArrayLike<number>): number[] {
  return Array.from({ length: ROWS }, (_, i) => {
    const row = Array.from({ length: CLASSES }, (_, j) => x[i * CLASSES + j]!);
    const largest = Math.max(...row);
    const logSum = largest + Math.log(row.reduce((sum, v) => sum + Math.exp(v - largest), 0));
    return row.reduce((sum, v, j) => sum + t[i * CLASSES + j]! * (logSum - v), 0);
  });
}
const weighedByHand = (x: ArrayLike<number>, t: ArrayLike<number>) =>
  lossesByHand(x, t).reduce((sum, loss, i) => sum + loss * dy[i]!, 0);

beforeAll(() => startEngine({ device: "cpu" }));

describe("softmaxCrossEntropy", () => {
  const gradients = () =>
    tf.grads((x, t) => softmaxCrossEntropy(x as tf.Tensor2D, t as tf.Tensor2D))(
      [rows(logits), rows(targets)],
      tf.tensor1d(dy),
    );

  it("is the formula, row by row", () => {
    assertClose(softmaxCrossEntropy(rows(logits), rows(targets)), lossesByHand(logits, targets), 1e-6);
  });

  it("agrees with central differences in the logits", () => {
    const numeric = numericGradient((x) => weighedByHand(x, targets), logits, 1e-6);
    assertClose(gradients()[0]!, numeric, 1e-6);
  });

  it("agrees with central differences in the targets", () => {
    const numeric = numericGradient((t) => weighedByHand(logits, t), targets, 1e-6);
    assertClose(gradients()[1]!, numeric, 1e-6);
  });

  it("stays finite where a probability underflows", () => {
    const far = tf.tensor2d([[0, 500]]);
    expect(softmaxCrossEntropy(far, tf.tensor2d([[1, 0]])).dataSync()[0]).toBe(500);
    const [, dTargets] = tf.grads((x, t) => softmaxCrossEntropy(x as tf.Tensor2D, t as tf.Tensor2D))([
      far,
      tf.tensor2d([[1, 0]]),
    ]);
    assertClose(dTargets!, [500, 0], 0);
  });

  it("leaves one tensor, the result", () => {
    const [x, t] = [rows(logits), rows(targets)];
    expect(tensorsLeft(() => softmaxCrossEntropy(x, t))).toBe(1);
  });
});

describe("sparseSoftmaxCrossEntropy", () => {
  const oneHot = Float64Array.from(logits, (_, i) => Number(i % CLASSES === labels[Math.floor(i / CLASSES)]));
  const classes = () => tf.tensor1d(labels, "int32");

  it("is the formula with all weight on the label", () => {
    assertClose(sparseSoftmaxCrossEntropy(rows(logits), classes()), lossesByHand(logits, oneHot), 1e-6);
  });

  it("agrees with central differences in the logits", () => {
    const dx = tf.grad((x) => sparseSoftmaxCrossEntropy(x as tf.Tensor2D, classes()))(
      rows(logits),
      tf.tensor1d(dy),
    );
    assertClose(
      dx,
      numericGradient((x) => weighedByHand(x, oneHot), logits, 1e-6),
      1e-6,
    );
  });

  it("leaves one tensor, the result", () => {
    const [x, y] = [rows(logits), classes()];
    expect(tensorsLeft(() => sparseSoftmaxCrossEntropy(x, y))).toBe(1);
  });
});

/** Each row made positive and scaled to sum to one. */
function distributions(values: Float32Array): Float64Array {
  const positive = Float64Array.from(values, (v) => v + 1.1);
  return positive.map((v, i) => {
    const start = i - (i % CLASSES);
    return v / positive.subarray(start, start + CLASSES).reduce((sum, x) => sum + x, 0);
  });
}
