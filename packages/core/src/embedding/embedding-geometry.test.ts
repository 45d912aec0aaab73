import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { fill, tensorsLeft } from "../testing/index.ts";
import { embeddingGeometry, highestRank } from "./embedding-geometry.ts";

type Rows = readonly (readonly number[])[];

const tensor = (rows: Rows) => tf.tensor2d(rows.map((row) => [...row]));

/** One view whose positives are the first candidates. */
const space = (rows: tf.Tensor2D, candidates: tf.Tensor2D) => ({
  queries: { query: { embedding: rows, positives: tf.range(0, rows.shape[0], 1, "int32") } },
  candidates,
});

const measure = (rows: tf.Tensor2D, candidates = rows) =>
  Object.fromEntries(
    Object.entries(embeddingGeometry(space(rows, candidates))!).map(([name, value]: [string, tf.Scalar]) => [
      name,
      value.dataSync()[0]!,
    ]),
  );

const unitRows = (name: string, count: number, dim: number) =>
  l2Normalize(tf.tensor2d(fill(name, count * dim, 1), [count, dim]));

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The definitions, in loops. */
function inLoops(rows: Rows, positives: Rows) {
  const n = rows.length;
  const dims = rows[0]!.map((_, d) => d);
  const centre = dims.map((d) => mean(rows.map((row) => row[d]!)));
  const covariance = dims.map((a) =>
    dims.map((b) => mean(rows.map((row) => (row[a]! - centre[a]!) * (row[b]! - centre[b]!)))),
  );
  const trace = dims.reduce((sum, d) => sum + covariance[d]![d]!, 0);
  const traceOfSquare = covariance.flat().reduce((sum, x) => sum + x * x, 0);
  const own = rows.map((row, i) => dot(row, positives[i]!));
  const distances: number[] = [];
  const others: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      distances.push(rows[i]!.reduce((sum, x, d) => sum + (x - rows[j]![d]!) ** 2, 0));
      others.push(dot(rows[i]!, positives[j]!));
    }
  }
  return {
    rank: trace ** 2 / traceOfSquare,
    alignment: mean(rows.map((row, i) => row.reduce((sum, x, d) => sum + (x - positives[i]![d]!) ** 2, 0))),
    uniformity: Math.log(mean(distances.map((distance) => Math.exp(-2 * distance)))),
    positive: mean(own),
    negative: mean(others),
  };
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("embeddingGeometry", () => {
  it("is its definitions, in loops", () => {
    const [rows, keys] = [unitRows("rows", 12, 5), unitRows("keys", 20, 5)];
    const expected = inLoops(rows.arraySync(), keys.arraySync().slice(0, 12));
    const measured = measure(rows, keys);
    expect(Object.keys(measured)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) expect(measured[name]).toBeCloseTo(value, 5);
  });

  it.each([1, 2, 5, 16])("has rank k where embeddings vary alike in k directions: %d of 16", (k) => {
    // The k axes and their opposites.
    const rows = Array.from({ length: 2 * k }, (_, i) =>
      Array.from({ length: 16 }, (_, d) => (d === i >> 1 ? (i % 2 === 0 ? 1 : -1) : 0)),
    );
    expect(measure(tensor(rows))["rank"]).toBeCloseTo(k, 4);
  });

  it("has rank, alignment and uniformity 0 where all embeddings are the same", () => {
    const same = tf.tile(tf.tensor2d([[1, 0]]), [6, 1]);
    expect(measure(same)).toMatchObject({ rank: 0, alignment: 0, positive: 1, negative: 1 });
    expect(measure(same)["uniformity"]).toBeCloseTo(0, 6);
  });

  it("averages over views, and looks at the first 256 rows of each", () => {
    const [one, other] = [unitRows("one", 300, 4), unitRows("other", 300, 4)];
    const positives = tf.range(0, 300, 1, "int32");
    const both = embeddingGeometry({
      queries: { one: { embedding: one, positives }, other: { embedding: other, positives } },
      candidates: one,
    })!;
    const first = (rows: tf.Tensor2D) => rows.slice([0, 0], [256, -1]).arraySync();
    const expected = [one, other].map((rows) => inLoops(first(rows), first(one)));
    for (const name of ["rank", "uniformity", "negative"] as const) {
      expect(both[name].dataSync()[0]).toBeCloseTo(mean(expected.map((each) => each[name])), 4);
    }
  });

  it("has a highest rank, which the corners of a simplex reach", () => {
    const corners = space(tf.eye(6), tf.eye(6));
    expect(highestRank(corners)).toBe(5);
    expect(embeddingGeometry(corners)!.rank.dataSync()[0]).toBeCloseTo(5, 4);
    const highest = (rows: number, dim: number) =>
      highestRank(space(tf.zeros([rows, dim]), tf.zeros([rows, dim])));
    expect([highest(64, 16), highest(300, 512), highest(1, 4)]).toEqual([16, 255, undefined]);
  });

  it("says nothing of a batch of one image", () => {
    expect(embeddingGeometry(space(unitRows("one", 1, 4), unitRows("one", 1, 4)))).toBeUndefined();
  });

  it("leaves its five scalars, without gradient", () => {
    const rows = tf.tensor2d(fill("rows", 12, 1), [6, 2]);
    expect(tensorsLeft(() => embeddingGeometry(space(rows, rows)))).toBe(5 + 1); // and the positives
    const gradient = tf.grad((x) =>
      tf.add(tf.sum(x), embeddingGeometry(space(x as tf.Tensor2D, rows))!.uniformity),
    )(rows);
    expect(new Set(gradient.dataSync())).toEqual(new Set([1]));
  });
});
