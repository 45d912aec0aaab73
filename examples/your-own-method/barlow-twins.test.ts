import { assertClose, fill, testPlugin } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import barlow, { barlowTwins } from "./barlow-twins.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const [BATCH, DIM] = [6, 3];
const rowsOf = (name: string) =>
  Array.from({ length: BATCH }, (_, i) => Array.from(fill(`${name} ${i}`, DIM, 1)));

/** Eq. 1 and 2 of arXiv:2103.03230 in loops and float64. */
function byHand(first: number[][], second: number[][], lambda: number): number {
  const column = (rows: number[][], d: number) => {
    const values = rows.map((row) => row[d]!);
    const mean = values.reduce((sum, x) => sum + x, 0) / BATCH;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / BATCH;
    return values.map((x) => (x - mean) / Math.sqrt(variance + 1e-5));
  };
  let loss = 0;
  for (let i = 0; i < DIM; i++) {
    for (let j = 0; j < DIM; j++) {
      const [a, b] = [column(first, i), column(second, j)];
      const correlation = a.reduce((sum, x, n) => sum + x * b[n]!, 0) / BATCH;
      loss += i === j ? (1 - correlation) ** 2 : lambda * correlation ** 2;
    }
  }
  return loss;
}

it("is the paper's loss", () => {
  const [first, second] = [rowsOf("first"), rowsOf("second")];
  const loss = barlowTwins(tf.tensor2d(first), tf.tensor2d(second), 0.3);
  assertClose(loss, [byHand(first, second, 0.3)], 1e-5);
});

it("is 0 where both views agree and no two dimensions correlate, and the dimensions where nothing correlates", () => {
  const rows = tf.tensor2d([[1, 1], [1, -1], [-1, 1], [-1, -1]]); // prettier-ignore
  expect(barlowTwins(rows, rows, 1).dataSync()[0]).toBeCloseTo(0, 4);
  const others = tf.tensor2d([[1, 1], [-1, -1], [-1, -1], [1, 1]]); // prettier-ignore
  expect(barlowTwins(rows, others, 1).dataSync()[0]).toBeCloseTo(2, 4);
});

// All that the contract asks of a plugin. Batch norm in the head makes large gradients of small differences.
await testPlugin(barlow, { options: { dim: 8 }, learningRate: 1e-5 });
