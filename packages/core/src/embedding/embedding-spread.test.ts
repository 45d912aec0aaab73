import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { tensorsLeft } from "../testing/index.ts";
import { embeddingSpread } from "./embedding-spread.ts";

const byView = (rows: Record<string, tf.Tensor2D>) => ({
  queries: Object.fromEntries(Object.entries(rows).map(([view, embedding]) => [view, { embedding }])),
});
const spread = (rows: Record<string, tf.Tensor2D>) => embeddingSpread(byView(rows)).dataSync()[0]!;

beforeAll(() => startEngine({ device: "cpu" }));

describe("embeddingSpread", () => {
  it("is near 1 for directions spread evenly over the sphere", () => {
    const rows = l2Normalize(tf.randomNormal([4000, 16], 0, 1, "float32", 1));
    expect(spread({ query: rows })).toBeCloseTo(1, 2);
  });

  it("is 1 for the axes of space and their opposites, but for the few rows", () => {
    const axes = tf.tensor2d([[1, 0], [-1, 0], [0, 1], [0, -1]]); // prettier-ignore
    expect(spread({ query: axes })).toBeCloseTo(Math.sqrt(4 / 3), 6);
  });

  it.each([2, 4, 8])("has a square whose mean over batches of %d rows is that of all rows", (batch) => {
    // Every batch of rows -1 and 1, which lie on a line: deviation 1, whatever the batch.
    const squares = Array.from({ length: 2 ** batch }, (_, bits) => {
      const rows = Array.from({ length: batch }, (_, i) => [(bits >> i) % 2 === 0 ? 1 : -1]);
      return spread({ query: tf.tensor2d(rows) }) ** 2;
    });
    expect(squares.reduce((sum, square) => sum + square, 0) / squares.length).toBeCloseTo(1, 5);
  });

  it("is 0 where all embeddings are the same", () => {
    expect(spread({ query: tf.tile(tf.tensor2d([[0.6, 0.8]]), [5, 1]) })).toBe(0);
  });

  it("counts the queries of all views as one set", () => {
    const [one, other] = [tf.tensor2d([[1, 0], [1, 0]]), tf.tensor2d([[-1, 0], [-1, 0]])]; // prettier-ignore
    expect(spread({ one, other })).toBeCloseTo(Math.sqrt(2 / 3), 6);
  });

  it("leaves one tensor, without gradient", () => {
    const rows = tf.tensor2d([[1, 0], [0, 1]]); // prettier-ignore
    expect(tensorsLeft(() => embeddingSpread(byView({ query: rows })))).toBe(1);
    const gradient = tf.grad((x) => tf.add(tf.sum(x), embeddingSpread(byView({ query: x as tf.Tensor2D }))))(
      rows,
    );
    expect(new Set(gradient.dataSync())).toEqual(new Set([1]));
  });
});
