import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { fill, tensorsLeft } from "../testing/index.ts";
import { COSINE_BINS, cosineHistograms } from "./cosine-histograms.ts";

/** One view whose positives are candidates in reverse order. */
const space = (rows: tf.Tensor2D, candidates: tf.Tensor2D) => ({
  queries: {
    query: { embedding: rows, positives: tf.reverse<tf.Tensor1D>(tf.range(0, rows.shape[0], 1, "int32")) },
  },
  candidates,
});

const counted = (...args: Parameters<typeof space>) => {
  const { positive, negative } = cosineHistograms(space(...args));
  return { positive: positive.arraySync(), negative: negative.arraySync() };
};

/** The bins that hold anything. */
const filled = (counts: readonly number[]) =>
  Object.fromEntries(counts.flatMap((count, bin) => (count === 0 ? [] : [[bin, count]])));

const unitRows = (name: string, count: number, dim: number) =>
  l2Normalize(tf.tensor2d(fill(name, count * dim, 1), [count, dim]));

beforeAll(() => startEngine({ device: "cpu" }));

describe("cosineHistograms", () => {
  it("counts each query with its positive and with the others, in loops", () => {
    const [rows, keys] = [unitRows("rows", 12, 3), unitRows("keys", 20, 3)];
    const expected = { positive: Array(COSINE_BINS).fill(0), negative: Array(COSINE_BINS).fill(0) };
    const [q, k] = [rows.arraySync(), keys.arraySync()];
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) {
        const cosine = q[i]!.reduce((sum, x, d) => sum + x * k[11 - j]![d]!, 0);
        expected[i === j ? "positive" : "negative"][Math.floor((cosine + 1) / (2 / COSINE_BINS))]++;
      }
    }
    expect(counted(rows, keys)).toEqual(expected);
  });

  it("has -1 in the first bin, 0 in the upper of its two, and 1 and what rounds above it in the last", () => {
    const axes = tf.tensor2d([
      [1, 0],
      [-1.000001, 0],
      [0, 1],
      [0, -1],
    ]);
    // The positive of each axis is the opposite of another one.
    expect(filled(counted(axes, axes).positive)).toEqual({ [COSINE_BINS / 2]: 4 });
    expect(filled(counted(axes, axes).negative)).toEqual({
      0: 4,
      [COSINE_BINS / 2]: 4,
      [COSINE_BINS - 1]: 4,
    });
  });

  it("adds up views, and looks at the first 256 rows of each", () => {
    const rows = unitRows("rows", 300, 4);
    const one = space(rows, rows);
    const { positive, negative } = cosineHistograms({
      queries: { one: one.queries.query, other: one.queries.query },
      candidates: rows,
    });
    expect(tf.sum(positive).dataSync()[0]).toBe(2 * 256);
    expect(tf.sum(negative).dataSync()[0]).toBe(2 * 256 * 255);
  });

  it("leaves nothing but its counts", () => {
    const given = space(unitRows("rows", 6, 2), unitRows("keys", 6, 2));
    expect(tensorsLeft(() => cosineHistograms(given))).toBe(2);
  });
});
