import { l2Normalize, sparseSoftmaxCrossEntropy } from "@tssl/core";
import { candidateLogits } from "@tssl/core/contrast";
import {
  assertClose,
  type Generated,
  generated,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
  unitRows,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { localAggregation, type LocalAggregationInput } from "./local-aggregation.ts";

interface Golden {
  readonly queries: Generated;
  readonly bank: Generated;
  readonly indices: number[];
  readonly cases: readonly {
    readonly name: string;
    readonly labels: number[][];
    readonly background: number;
    readonly temperature: number;
    readonly loss: number;
    readonly close: number[];
    readonly gradient: number[];
  }[];
}
const golden = readGolden<Golden>(new URL("../fixtures/local-aggregation.json", import.meta.url));

type Rows = readonly (readonly number[])[];
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Eq. 3 to 5 of arXiv:1903.12355 in loops and float64. */
function byHand(queries: Rows, bank: Rows, labels: Rows, indices: readonly number[], k: number, t: number) {
  const losses = queries.map((q, b) => {
    const likeness = bank.map((row) => Math.exp(dot(q, row) / t));
    const near = [...bank.keys()].sort((i, j) => likeness[j]! - likeness[i]!).slice(0, k);
    const close = near.filter((j) => labels.some((each) => each[j] === each[indices[b]!]));
    const total = (ids: readonly number[]) => ids.reduce((sum, j) => sum + likeness[j]!, 0);
    return -Math.log(total(close) / total(near) + 1e-7);
  });
  return mean(losses);
}

const [queries, bank] = [unitRows("queries", 3), unitRows("bank", 12)];
const labels = [
  Array.from({ length: 12 }, (_, i) => i % 3),
  Array.from({ length: 12 }, (_, i) => Math.floor(i / 4)),
];
const indices = [4, 0, 11];
const input = (): LocalAggregationInput => ({
  queries: tf.tensor2d(queries),
  bank: tf.tensor2d(bank),
  labels: tf.tensor2d(labels, [2, 12], "int32"),
  indices: tf.tensor1d(indices, "int32"),
  background: 7,
  temperature: 0.3,
});

beforeAll(() => startEngine({ device: "cpu" }));

describe("localAggregation", () => {
  it.each(golden.cases)("equals the authors' code: $name", ({ loss, gradient, close, ...rest }) => {
    const shape: [number, number] = [rest.labels.length, rest.labels[0]!.length];
    const at = (rows: tf.Tensor) =>
      localAggregation({
        queries: l2Normalize(rows as tf.Tensor2D),
        bank: l2Normalize(generated(golden.bank) as tf.Tensor2D),
        indices: tf.tensor1d(golden.indices, "int32"),
        labels: tf.tensor2d(rest.labels, shape, "int32"),
        background: rest.background,
        temperature: rest.temperature,
      });
    const raw = generated(golden.queries);
    assertClose(at(raw).loss, [loss], 1e-5);
    assertClose(at(raw).close, [mean(close)], 1e-6);
    assertClose(at(raw).alone, [mean(close.map((count) => Number(count === 0)))], 1e-6);
    assertClose(tf.grad((rows) => at(rows).loss)(raw), gradient, 1e-4);
  });

  it("is the paper's equations, and has their gradient", () => {
    assertClose(localAggregation(input()).loss, [byHand(queries, bank, labels, indices, 7, 0.3)], 1e-5);
    const rows = (flat: ArrayLike<number>) => [0, 3, 6].map((from) => Array.from(flat).slice(from, from + 3));
    const numeric = numericGradient(
      (x) => byHand(rows(x), bank, labels, indices, 7, 0.3),
      queries.flat(),
      1e-7,
    );
    const got = tf.grad((q) => localAggregation({ ...input(), queries: q as tf.Tensor2D }).loss)(
      tf.tensor2d(queries),
    );
    assertClose(got, numeric, 1e-4);
  });

  it("is the softmax of the own row where each image is a cluster and all rows are background", () => {
    const own = tf.tensor2d([Array.from({ length: 12 }, (_, i) => i)], [1, 12], "int32");
    const given = { ...input(), labels: own, background: 12 };
    const logits = candidateLogits({ queries: given.queries, candidates: given.bank, temperature: 0.3 });
    const want = tf.mean(sparseSoftmaxCrossEntropy(logits, given.indices)).dataSync();
    assertClose(localAggregation(given).loss, [want[0]!], 1e-5);
  });

  it("is 0 where all near rows are of the own cluster", () => {
    const one = tf.zeros<tf.Rank.R2>([1, 12], "int32");
    expect(localAggregation({ ...input(), labels: one }).loss.dataSync()[0]).toBeCloseTo(0, 6);
  });

  it("is 16.1, with no gradient, for a query without close neighbours", () => {
    const own = tf.tensor2d([Array.from({ length: 12 }, (_, i) => i)], [1, 12], "int32");
    // The farthest row is the own one of every query.
    const farthest = queries.map((q) => {
      const products = bank.map((row) => dot(q, row));
      return products.indexOf(Math.min(...products));
    });
    const given = { ...input(), labels: own, indices: tf.tensor1d(farthest, "int32") };
    const { loss, close, alone } = localAggregation(given);
    expect(loss.dataSync()[0]).toBeCloseTo(-Math.log(1e-7), 4);
    expect([close.dataSync()[0], alone.dataSync()[0]]).toEqual([0, 1]);
    const slope = tf.grad((q) => localAggregation({ ...given, queries: q as tf.Tensor2D }).loss)(
      given.queries,
    );
    for (const value of slope.dataSync()) expect(value).toBeCloseTo(0, 12);
  });

  it("leaves its results and nothing else behind", () => {
    const given = input();
    expect(tensorsLeft(() => localAggregation(given))).toBe(3);
  });

  it.each<[() => Partial<LocalAggregationInput>, string]>([
    [
      () => ({ bank: tf.ones([12, 4]) }),
      "SHAPE_MISMATCH: localAggregation: bank must have shape [N, 3] (D of queries), got [12, 4].",
    ],
    [
      () => ({ indices: tf.tensor1d([1], "int32") }),
      "SHAPE_MISMATCH: localAggregation: indices must have shape [3] (B of queries), got [1].",
    ],
    [
      () => ({ labels: tf.zeros([2, 11], "int32") }),
      "SHAPE_MISMATCH: localAggregation: labels must have shape [H, 12] (N of bank), got [2, 11].",
    ],
    [() => ({ temperature: 0 }), "INVALID_OPTION: temperature must be > 0, got 0."],
    [() => ({ background: 13 }), "INVALID_OPTION: background must be from 1 to 12, got 13."],
  ])("says what is wrong: %#", async (change, message) => {
    expect(await refusal(() => localAggregation({ ...input(), ...change() }))).toBe(message);
  });
});
