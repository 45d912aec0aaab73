import { l2Normalize } from "@tssl/core";
import {
  assertClose,
  fill,
  type Generated,
  generated,
  modes,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
} from "@tssl/core/testing";
import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { clusterPrediction, type ClusterPredictionInput } from "./cluster-prediction.ts";

interface Case {
  readonly name: string;
  readonly crops: number;
  readonly temperature: number;
  readonly embeddings: Generated;
  readonly prototypes: readonly Generated[];
  readonly assigned: readonly number[][];
  readonly loss: number;
  readonly gradient: number[];
}
const { cases } = readGolden<{ cases: Case[] }>(
  new URL("../fixtures/deepcluster-losses.json", import.meta.url),
);

beforeAll(() => startEngine({ device: "cpu" }));

const unit = (rows: tf.Tensor) => l2Normalize(rows as tf.Tensor2D);

/** A loss of raw embeddings of all crops. */
function lossOf(embeddings: tf.Tensor, { crops, prototypes, assigned, temperature }: Case) {
  return clusterPrediction({
    embeddings: tf.split<tf.Tensor2D>(unit(embeddings), crops),
    clusterings: prototypes.map((rows, h) => ({
      prototypes: unit(generated(rows)),
      assigned: tf.tensor1d(assigned[h]!, "int32"),
    })),
    temperature,
  }).loss;
}

describe.each(modes.map((mode) => ({ mode })))("in mode $mode", ({ mode }) => {
  it.each(cases)("loss and gradient equal PyTorch's: $name", async (golden) => {
    const program = createProgram({ state: {}, mode });
    const step = program.compile("deepcluster", (inputs) => {
      const { value, grad } = tf.valueAndGrad((rows) => lossOf(rows, golden))(inputs["embeddings"]!);
      return { loss: value, gradient: grad };
    });
    const { fill: name, shape, scale } = golden.embeddings;
    const values = fill(name, tf.util.sizeFromShape([...shape]), scale);
    const got = await step.run({ embeddings: { values, shape } });
    assertClose(got["loss"]!.values, [golden.loss], 1e-5, "loss");
    assertClose(got["gradient"]!.values, golden.gradient, 1e-4, "gradient");
    await program.dispose();
  });
});

type Rows = number[][];
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);

interface Clusters {
  readonly prototypes: Rows;
  readonly assigned: number[];
}

/** Cross-entropy of every crop with every clustering's assignments, in loops and float64. */
function byHand(crops: readonly Rows[], clusterings: readonly Clusters[], temperature: number): number {
  const ofRow = (row: readonly number[], { prototypes }: Clusters, cluster: number) => {
    const scores = prototypes.map((prototype) => dot(row, prototype) / temperature);
    return Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - scores[cluster]!;
  };
  return mean(
    clusterings.map((each) =>
      mean(crops.flatMap((rows) => rows.map((row, image) => ofRow(row, each, each.assigned[image]!)))),
    ),
  );
}

/** Rows of length 1. */
const rowsOf = (name: string, count: number, dim: number): Rows =>
  Array.from({ length: count }, (_, i) => {
    const row = Array.from(fill(`${name} ${i}`, dim, 1));
    return row.map((x) => x / Math.hypot(...row));
  });
const tensors = (clusterings: readonly Clusters[]) =>
  clusterings.map(({ prototypes, assigned }) => ({
    prototypes: tf.tensor2d(prototypes),
    assigned: tf.tensor1d(assigned, "int32"),
  }));
const clustersOf = (name: string, images: number, counts: readonly number[]): Clusters[] =>
  counts.map((count, h) => ({
    prototypes: rowsOf(`${name} ${h}`, count, 3),
    assigned: Array.from({ length: images }, (_, i) => (7 * i + h) % count),
  }));

describe("clusterPrediction", () => {
  it("is the cross-entropy in plain loops on generated input", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0.1, 0.5),
        (seed, crops, counts, temperature) => {
          const rows = Array.from({ length: crops }, (_, v) => rowsOf(`z${seed} ${v}`, 3, 3));
          const clusterings = clustersOf(`c${seed}`, 3, counts);
          const want = byHand(rows, clusterings, temperature);
          const got = tf.tidy(
            () =>
              clusterPrediction({
                embeddings: rows.map((each) => tf.tensor2d(each)),
                clusterings: tensors(clusterings),
                temperature,
              }).loss.dataSync()[0]!,
          );
          expect(Math.abs(got - want)).toBeLessThan(1e-5 * Math.max(1, want));
        },
      ),
    );
  });

  it("is the mean of log K where prototypes coincide", () => {
    const same = (count: number) => ({
      prototypes: tf.tile(tf.tensor2d([[0.6, 0.8]]), [count, 1]),
      assigned: tf.tensor1d([0, 1], "int32"),
    });
    const embeddings = [tf.tensor2d([[1, 0], [0, 1]])]; // prettier-ignore
    const { loss } = clusterPrediction({ embeddings, clusterings: [same(3), same(5)], temperature: 0.1 });
    expect(loss.dataSync()[0]).toBeCloseTo((Math.log(3) + Math.log(5)) / 2, 5);
  });

  it("counts a prediction as right where the nearest prototype is the cluster's", () => {
    const prototypes = tf.tensor2d([[1, 0], [0, 1]]); // prettier-ignore
    const clusterings = [[0, 1], [0, 0]].map((assigned) => ({ prototypes, assigned: tf.tensor1d(assigned, "int32") })); // prettier-ignore
    const embeddings = [tf.tensor2d([[0.8, 0.6], [0.6, 0.8]])]; // prettier-ignore
    const { accuracy } = clusterPrediction({ embeddings, clusterings, temperature: 0.1 });
    expect(accuracy.dataSync()[0]).toBe(0.75);
  });

  it("stays finite where a probability underflows", () => {
    const clusterings = tensors([{ prototypes: [[1, 0], [-1, 0]], assigned: [1] }]); // prettier-ignore
    const { loss } = clusterPrediction({
      embeddings: [tf.tensor2d([[1, 0]])],
      clusterings,
      temperature: 0.01,
    });
    expect(loss.dataSync()[0]).toBeCloseTo(200, 3);
  });

  it("has the gradient of the equation in every crop", () => {
    const crops = [0, 1].map((v) => rowsOf(`z${v}`, 2, 3));
    const clusterings = clustersOf("c", 2, [4, 3]);
    const gradients = tf.grads(
      (...each) =>
        clusterPrediction({
          embeddings: each as tf.Tensor2D[],
          clusterings: tensors(clusterings),
          temperature: 0.5,
        }).loss,
    )(crops.map((each) => tf.tensor2d(each)));
    gradients.forEach((gradient, v) => {
      const rows = (x: ArrayLike<number>): Rows => [0, 3].map((at) => Array.from(x).slice(at, at + 3));
      const numeric = numericGradient(
        (x) => byHand(crops.with(v, rows(x)), clusterings, 0.5),
        crops[v]!.flat(),
        1e-6,
      );
      assertClose(gradient, numeric, 1e-5, `crop ${v}`);
    });
  });

  it("leaves two tensors behind, its results", () => {
    const clusterings = tensors(clustersOf("c", 2, [4, 3]));
    const embeddings = [tf.ones<tf.Rank.R2>([2, 3])];
    expect(tensorsLeft(() => clusterPrediction({ embeddings, clusterings, temperature: 0.1 }))).toBe(2);
  });

  const labels = (count: number) => tf.zeros<tf.Rank.R1>([count], "int32");
  it.each<[() => Partial<ClusterPredictionInput>, string]>([
    [
      () => ({ embeddings: [tf.ones([2, 3]), tf.ones([3, 3])] }),
      "SHAPE_MISMATCH: clusterPrediction: embeddings[1] must have shape [2, 3] (same as embeddings[0]), " +
        "got [3, 3].",
    ],
    [
      () => ({ clusterings: [{ prototypes: tf.ones([5, 4]), assigned: labels(2) }] }),
      "SHAPE_MISMATCH: clusterPrediction: clusterings[0].prototypes must have shape [K, 3] (D of " +
        "embeddings), got [5, 4].",
    ],
    [
      () => ({ clusterings: [{ prototypes: tf.ones([5, 3]), assigned: labels(4) }] }),
      "SHAPE_MISMATCH: clusterPrediction: clusterings[0].assigned must have shape [2] (B of embeddings), " +
        "got [4].",
    ],
    [
      () => ({ embeddings: [] }),
      "INVALID_OPTION: the number of embeddings must be >= 1, one of each crop, got 0.",
    ],
    [() => ({ clusterings: [] }), "INVALID_OPTION: the number of clusterings must be >= 1, got 0."],
    [() => ({ temperature: 0 }), "INVALID_OPTION: temperature must be > 0, got 0."],
  ])("says what is wrong with its input: %#", async (change, message) => {
    const input: ClusterPredictionInput = {
      embeddings: [tf.ones([2, 3])],
      clusterings: [{ prototypes: tf.ones([5, 3]), assigned: labels(2) }],
      temperature: 0.1,
      ...change(),
    };
    expect(await refusal(() => clusterPrediction(input))).toBe(message);
  });
});
