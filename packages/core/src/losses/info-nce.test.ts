import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import {
  assertClose,
  fill,
  type Generated,
  generatedAll,
  numbersOf,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
} from "../testing/index.ts";
import { anyUnitRows } from "../testing/any-unit-rows.test.data.ts";
import { infoNce, type InfoNceInput, pretextAccuracy } from "./info-nce.ts";
import { l2Normalize } from "./l2-normalize.ts";

type Rows = number[][];

interface Case {
  name: string;
  temperature: number;
  inBatchNegatives: boolean;
  inputs: Record<"queries" | "keys" | "queue", Generated>;
  loss: number;
  accuracy: number;
  gradient: number[];
}
const { infoNce: cases } = readGolden<{ infoNce: Case[] }>(
  new URL("../../fixtures/losses.json", import.meta.url),
);

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/**
 * Eq. 1 of arXiv:1911.05722 in scalar loops and float64; with `inBatch` the other keys stand beside the
 * queue.
 */
function byHand(queries: Rows, keys: Rows, queue: Rows, temperature: number, inBatch: boolean): number {
  const perQuery = queries.map((q, i) => {
    const positive = Math.exp(dot(q, keys[i]!) / temperature);
    const others = inBatch ? keys.filter((_, j) => j !== i) : [];
    const negatives = [...queue, ...others].map((n) => Math.exp(dot(q, n) / temperature));
    return -Math.log(positive / (positive + negatives.reduce((sum, x) => sum + x, 0)));
  });
  return perQuery.reduce((sum, x) => sum + x, 0) / queries.length;
}

const loss = (queries: Rows, keys: Rows, queue: Rows, temperature: number, inBatchNegatives = false) =>
  tf.tidy(() => {
    const input = { queries: tf.tensor2d(queries), keys: tf.tensor2d(keys), queue: tf.tensor2d(queue) };
    return infoNce({ ...input, temperature, inBatchNegatives }).loss.dataSync()[0]!;
  });

beforeAll(() => startEngine({ device: "cpu" }));

describe("infoNce values", () => {
  it.each(cases)("matches the authors' code: $name", ({ inputs, temperature, inBatchNegatives, ...want }) => {
    const { queries, keys, queue } = generatedAll(inputs) as unknown as Record<string, tf.Tensor2D>;
    const at = (rows: tf.Tensor) =>
      infoNce({
        queries: l2Normalize(rows as tf.Tensor2D),
        keys: l2Normalize(keys!),
        queue: l2Normalize(queue!),
        temperature,
        inBatchNegatives,
      });
    assertClose(at(queries!).loss, [want.loss], 1e-5, "loss");
    expect(at(queries!).accuracy.dataSync()[0]).toBe(want.accuracy);
    assertClose(tf.grad((rows) => at(rows).loss)(queries!), want.gradient, 1e-5, "gradient");
  });

  it("matches the paper's equation on generated input", () => {
    fc.assert(
      fc.property(
        anyUnitRows(3, 4),
        anyUnitRows(3, 4),
        anyUnitRows(5, 4),
        fc.constantFrom(0.07, 0.2, 1),
        fc.boolean(),
        (q, k, n, t, inBatch) => {
          const want = byHand(q, k, n, t, inBatch);
          expect(Math.abs(loss(q, k, n, t, inBatch) - want)).toBeLessThan(1e-5 * Math.max(1, want));
        },
      ),
    );
  });
});

describe("infoNce properties", () => {
  it("is log(1 + negatives) when every row is the same", () => {
    const row = [0.6, 0.8];
    for (const size of [1, 7, 16]) {
      const queue = Array<number[]>(size).fill(row);
      expect(loss([row, row], [row, row], queue, 0.2)).toBeCloseTo(Math.log(1 + size), 5);
      expect(loss([row, row], [row, row], queue, 0.2, true)).toBeCloseTo(Math.log(2 + size), 5);
    }
  });

  it("ignores the order of the queue", () => {
    fc.assert(
      fc.property(anyUnitRows(2, 3), anyUnitRows(2, 3), anyUnitRows(4, 3), (q, k, n) => {
        expect(loss(q, k, n.toReversed(), 0.2)).toBeCloseTo(loss(q, k, n, 0.2), 5);
      }),
    );
  });

  it("stays finite at temperature 0.01, where exp(100) overflows float32", () => {
    expect(loss([[1, 0]], [[1, 0]], [[-1, 0]], 0.01)).toBeCloseTo(0, 6);
    expect(loss([[1, 0]], [[-1, 0]], [[1, 0]], 0.01)).toBeCloseTo(200, 3);
  });
});

describe("infoNce gradients", () => {
  const q = [[0.6, -0.8], [1, 0]]; // prettier-ignore
  const k = [[0, -1], [0.6, 0.8]]; // prettier-ignore
  const queue = [[-1, 0], [0.8, 0.6], [0, -1]]; // prettier-ignore

  it.each([false, true])(
    "agree with central differences in the queries, in-batch negatives %s",
    (inBatch) => {
      const f = (rows: tf.Tensor) =>
        infoNce({
          queries: rows as tf.Tensor2D,
          keys: tf.tensor2d(k),
          queue: tf.tensor2d(queue),
          temperature: 0.5,
          inBatchNegatives: inBatch,
        }).loss;
      const numeric = numericGradient(
        (x) => byHand([[x[0]!, x[1]!], [x[2]!, x[3]!]], k, queue, 0.5, inBatch), // prettier-ignore
        q.flat(),
        1e-6,
      );
      assertClose(tf.grad(f)(tf.tensor2d(q)), numeric, 1e-5);
    },
  );
});

describe("infoNce contract", () => {
  const ones = (rows: number, columns: number) => tf.ones<tf.Rank.R2>([rows, columns]);
  const input = (change: Partial<InfoNceInput> = {}): InfoNceInput => ({
    queries: ones(2, 3),
    keys: ones(2, 3),
    queue: ones(4, 3),
    temperature: 0.2,
    inBatchNegatives: false,
    ...change,
  });

  it.each([false, true])(
    "leaves two tensors behind, the results; in-batch negatives %s",
    (inBatchNegatives) => {
      const made = input({ inBatchNegatives });
      expect(tensorsLeft(() => infoNce(made))).toBe(2);
    },
  );

  it.each([false, true])(
    "is the same for a replica whose keys come first or last among those of all; in-batch negatives %s",
    (inBatchNegatives) => {
      const own = l2Normalize(tf.tensor2d(fill("own keys", 6, 1), [2, 3]));
      const others = l2Normalize(tf.tensor2d(fill("others' keys", 9, 1), [3, 3]));
      const rest = { queries: l2Normalize(tf.tensor2d(fill("queries", 6, 1), [2, 3])), inBatchNegatives };
      const first = infoNce(input({ ...rest, keys: tf.concat2d([own, others], 0) }));
      const last = infoNce(
        input({ ...rest, keys: tf.concat2d([others, own], 0), positives: tf.tensor1d([3, 4], "int32") }),
      );
      const alone = infoNce(input({ ...rest, keys: own }));
      assertClose(last.loss, numbersOf(first.loss), 1e-6);
      expect(last.accuracy.dataSync()).toEqual(first.accuracy.dataSync());
      // Keys of other replicas are negatives where those of the own batch are.
      const more = first.loss.dataSync()[0]! - alone.loss.dataSync()[0]!;
      if (inBatchNegatives) expect(more).toBeGreaterThan(1e-3);
      else expect(more).toBe(0);
    },
  );

  it.each<[() => Partial<InfoNceInput>, string]>([
    [
      () => ({ keys: ones(1, 3) }),
      "SHAPE_MISMATCH: infoNce: keys must have shape [2 or more, 3] (B or more, D of queries), got [1, 3].",
    ],
    [
      () => ({ keys: ones(2, 4) }),
      "SHAPE_MISMATCH: infoNce: keys must have shape [2 or more, 3] (B or more, D of queries), got [2, 4].",
    ],
    [
      () => ({ queue: ones(4, 2) }),
      "SHAPE_MISMATCH: infoNce: queue must have shape [K, 3] (D of queries), got [4, 2].",
    ],
    [() => ({ temperature: 0 }), "INVALID_OPTION: temperature must be > 0, got 0."],
    [() => ({ temperature: Number.NaN }), "INVALID_OPTION: temperature must be > 0, got NaN."],
  ])("says what is wrong: %#", async (change, message) => {
    expect(await refusal(() => infoNce(input(change())))).toBe(message);
  });
});

describe("pretextAccuracy", () => {
  it("is the share of rows with the largest logit at the label, without gradient", () => {
    const logits = tf.tensor2d([[1, 2, 0], [3, 2, 0], [0, 0, 9], [5, 0, 0]]); // prettier-ignore
    const labels = tf.tensor1d([1, 1, 2, 0], "int32");
    expect(pretextAccuracy(logits, labels).dataSync()[0]).toBe(0.75);
    const gradient = tf.grad((x) => tf.add(tf.sum(x), pretextAccuracy(x as tf.Tensor2D, labels)))(logits);
    expect(new Set(gradient.dataSync())).toEqual(new Set([1]));
  });
});
