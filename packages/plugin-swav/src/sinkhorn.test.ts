import {
  assertClose,
  fill,
  type Generated,
  generated,
  modes,
  numbersOf,
  readGolden,
  refusal,
  tensorsLeft,
} from "@tssl/core/testing";
import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { sinkhorn } from "./sinkhorn.ts";

interface Case {
  readonly name: string;
  readonly epsilon: number;
  readonly iterations: number;
  readonly scores: Generated;
  readonly codes: number[];
}
const { codes: cases } = readGolden<{ codes: Case[] }>(
  new URL("../fixtures/swav-losses.json", import.meta.url),
);

type Rows = number[][];

/**
 * Eq. 5 of arXiv:2006.09882 in loops and float64: Q [K, B] with prototypes' sums 1 / K and images' sums 1 /
 * B.
 */
function byHand(scores: Rows, epsilon: number, iterations: number): Rows {
  const [b, k] = [scores.length, scores[0]!.length];
  const q = scores.map((row) => row.map((score) => Math.exp(score / epsilon)));
  for (let round = 0; round < iterations; round++) {
    for (let j = 0; j < k; j++) {
      const ofPrototype = q.reduce((sum, row) => sum + row[j]!, 0);
      for (const row of q) row[j]! /= ofPrototype * k;
    }
    for (const row of q) {
      const ofImage = row.reduce((sum, x) => sum + x, 0);
      row.forEach((_, j) => (row[j]! /= ofImage * b));
    }
  }
  return q.map((row) => row.map((x) => x * b));
}

const scoresOf = (name: string, b: number, k: number): Rows =>
  Array.from({ length: b }, (_, i) => Array.from(fill(`${name} ${i}`, k, 1)));

const rowsOf = (scores: Rows, epsilon: number, iterations: number): Rows =>
  tf.tidy(() => sinkhorn({ scores: tf.tensor2d(scores), epsilon, iterations }).arraySync());

const sizes = fc.record({
  seed: fc.nat(),
  b: fc.integer({ min: 1, max: 6 }),
  k: fc.integer({ min: 1, max: 5 }),
});

beforeAll(() => startEngine({ device: "cpu" }));

describe("sinkhorn values", () => {
  describe.each(modes.map((mode) => ({ mode })))("in mode $mode", ({ mode }) => {
    it.each(cases)("equal PyTorch's: $name", async ({ epsilon, iterations, scores, codes }) => {
      const program = createProgram({ state: {}, mode });
      const step = program.compile("sinkhorn", (inputs) => ({
        codes: sinkhorn({ scores: inputs["scores"] as tf.Tensor2D, epsilon, iterations }),
      }));
      const values = numbersOf(generated(scores)) as Float32Array;
      const got = await step.run({ scores: { values, shape: scores.shape } });
      assertClose(got["codes"]!.values, codes, 1e-5);
      await program.dispose();
    });
  });

  it("are the paper's equation on generated input", () => {
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom(0.05, 0.5),
        fc.integer({ min: 1, max: 4 }),
        ({ seed, b, k }, e, n) => {
          const scores = scoresOf(`s${seed}`, b, k);
          assertClose(rowsOf(scores, e, n).flat(), byHand(scores, e, n).flat(), 1e-4);
        },
      ),
    );
  });

  it("of one round, by hand: columns of exp(scores) to sum 1, then rows", () => {
    const [[a, b], [c, d]] = [[1, Math.E], [Math.E, Math.E]] as const; // prettier-ignore
    const columns = [[a / (a + c), b / (b + d)], [c / (a + c), d / (b + d)]] as const; // prettier-ignore
    const want = columns.map(([x, y]) => [x / (x + y), y / (x + y)]);
    assertClose(rowsOf([[0, 1], [1, 1]], 1, 1).flat(), want.flat(), 1e-6); // prettier-ignore
  });

  it("are uniform where all scores are equal", () => {
    const equal = Array.from({ length: 5 }, () => new Array<number>(4).fill(0.3));
    assertClose(rowsOf(equal, 0.05, 3).flat(), new Array<number>(20).fill(0.25), 1e-6);
  });
});

describe("sinkhorn properties", () => {
  it("rows sum to 1; in the limit each prototype has its share of the images", () => {
    fc.assert(
      fc.property(sizes, ({ seed, b, k }) => {
        const codes = rowsOf(scoresOf(`s${seed}`, b, k), 0.5, 300);
        for (const row of codes) expect(row.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
        for (let j = 0; j < k; j++) {
          expect(codes.reduce((sum, row) => sum + row[j]!, 0)).toBeCloseTo(b / k, 3);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("follow a new order of images and of prototypes", () => {
    const scores = scoresOf("order", 5, 4);
    const codes = rowsOf(scores, 0.1, 3);
    const reversed = rowsOf(scores.toReversed(), 0.1, 3).toReversed();
    assertClose(reversed.flat(), codes.flat(), 1e-5);
    const mirrored = rowsOf(
      scores.map((row) => row.toReversed()),
      0.1,
      3,
    ).map((row) => row.toReversed());
    assertClose(mirrored.flat(), codes.flat(), 1e-5);
  });

  it("do not change with a constant added to all scores", () => {
    const scores = scoresOf("shift", 4, 3);
    const shifted = scores.map((row) => row.map((x) => x - 0.5));
    assertClose(rowsOf(shifted, 0.1, 3).flat(), rowsOf(scores, 0.1, 3).flat(), 1e-5);
  });

  it("stay finite where exp(scores / epsilon) overflows, and empty no prototype", () => {
    const codes = rowsOf([[1, -1], [1, -1]], 0.005, 3); // prettier-ignore
    assertClose(codes.flat(), [0.5, 0.5, 0.5, 0.5], 1e-5);
  });

  it("with queued rows are those of all rows, the batch's part of them", () => {
    const [batch, queued] = [scoresOf("batch", 3, 4), scoresOf("queued", 6, 4)];
    const codes = sinkhorn({
      scores: tf.tensor2d(batch),
      queued: tf.tensor2d(queued),
      epsilon: 0.05,
      iterations: 3,
    });
    assertClose(
      codes,
      byHand([...queued, ...batch], 0.05, 3)
        .slice(-3)
        .flat(),
      1e-5,
    );
  });

  it("are constants to the gradient", () => {
    const scores = tf.tensor2d(scoresOf("constant", 3, 4));
    const codes = sinkhorn({ scores, epsilon: 0.05, iterations: 3 });
    const gradient = tf.grad((x) =>
      tf.sum(tf.mul(x, sinkhorn({ scores: x as tf.Tensor2D, epsilon: 0.05, iterations: 3 }))),
    )(scores);
    assertClose(gradient, codes, 0);
  });
});

describe("sinkhorn contract", () => {
  it("leaves one tensor, its result", () => {
    const [scores, queued] = [tf.ones<tf.Rank.R2>([3, 4]), tf.zeros<tf.Rank.R2>([2, 4])];
    expect(tensorsLeft(() => sinkhorn({ scores, queued, epsilon: 0.05, iterations: 3 }))).toBe(1);
  });

  it("says what is wrong with its input", async () => {
    const scores = tf.ones<tf.Rank.R2>([3, 4]);
    const input = { scores, epsilon: 0.05, iterations: 3 };
    expect(await refusal(() => sinkhorn({ ...input, queued: tf.ones([2, 3]) }))).toBe(
      "SHAPE_MISMATCH: sinkhorn: queued must have shape [L, 4] (K of scores), got [2, 3].",
    );
    expect(await refusal(() => sinkhorn({ ...input, epsilon: 0 }))).toBe(
      "INVALID_OPTION: epsilon must be > 0, got 0.",
    );
    expect(await refusal(() => sinkhorn({ ...input, iterations: 0 }))).toBe(
      "INVALID_OPTION: iterations must be a whole number >= 1, got 0.",
    );
  });
});
