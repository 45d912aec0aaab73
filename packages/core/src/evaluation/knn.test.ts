import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { type Generated, generated, readGolden, refusedWith } from "../testing/index.ts";
import { anyUnitRows } from "../testing/any-unit-rows.test.data.ts";
import type { Features } from "./extract-features.ts";
import { knn, nearestNeighbours } from "./knn.ts";

interface Case {
  name: string;
  k: number;
  temperature: number;
  classes: number;
  inputs: Record<"bank" | "features", Generated>;
  bankLabels: number[];
  predictions: number[];
}
const { knn: cases } = readGolden<{ knn: Case[] }>(new URL("../../fixtures/losses.json", import.meta.url));

const featuresOf = (rows: number[][]): Features => ({
  count: rows.length,
  dim: rows[0]!.length,
  values: Float32Array.from(rows.flat()),
});

const generatedFeatures = (recipe: Generated) =>
  featuresOf(l2Normalize(generated(recipe) as tf.Tensor2D).arraySync());

beforeAll(() => startEngine({ device: "cpu" }));

describe("knn", () => {
  it.each(cases)("predicts as MoCo's notebook: $name", async ({ inputs, bankLabels, classes, ...golden }) => {
    const { predictions } = await knn(
      {
        train: generatedFeatures(inputs.bank),
        trainLabels: Int32Array.from(bankLabels),
        test: generatedFeatures(inputs.features),
        testLabels: new Int32Array(golden.predictions.length),
        classes,
      },
      golden,
    );
    expect([...predictions]).toEqual(golden.predictions);
  });

  it("predicts as the vote counted in loops", async () => {
    const labels = Int32Array.of(0, 1, 2, 0, 1, 2);
    await fc.assert(
      fc.asyncProperty(
        anyUnitRows(6, 3),
        anyUnitRows(4, 3),
        fc.integer({ min: 1, max: 6 }),
        async (train, test, k) => {
          const { predictions } = await knn(
            {
              train: featuresOf(train),
              trainLabels: labels,
              test: featuresOf(test),
              testLabels: new Int32Array(4),
              classes: 3,
            },
            { k, temperature: 0.5 },
          );
          test.forEach((query, i) => {
            const scores = votesByHand(query, train, labels, k);
            // Where two classes are as good as equal, or the k-th neighbour is one of several, either answer
            // is right.
            if (scores !== undefined) expect(predictions[i]).toBe(scores.indexOf(Math.max(...scores)));
          });
        },
      ),
    );
  });

  it("counts right and wrong answers: accuracy and confusion", async () => {
    const train = featuresOf([[1, 0], [0, 1]]); // prettier-ignore
    const test = featuresOf([[1, 0], [0.8, 0.6], [0, 1]]); // prettier-ignore
    const labels = { trainLabels: Int32Array.of(0, 1), testLabels: Int32Array.of(0, 1, 1), classes: 2 };
    const result = await knn({ train, test, ...labels }, { k: 1, temperature: 0.1 });
    expect(result).toEqual({
      k: 1,
      accuracy: 2 / 3,
      balancedAccuracy: 3 / 4,
      largestClass: 2 / 3,
      predictions: Int32Array.of(0, 0, 1),
      confusion: [
        [1, 0],
        [1, 1],
      ],
    });
  });

  it("goes to the lower class where votes are equal", async () => {
    const train = featuresOf([[1, 0], [1, 0]]); // prettier-ignore
    const input = { train, test: featuresOf([[1, 0]]), testLabels: Int32Array.of(0), classes: 3 };
    const { predictions } = await knn(
      { ...input, trainLabels: Int32Array.of(2, 1) },
      { k: 2, temperature: 0.1 },
    );
    expect([...predictions]).toEqual([1]);
  });

  it("classifies more test images than fit in one comparison", async () => {
    const count = 600;
    const test = featuresOf(Array.from({ length: count }, (_, i) => (i % 2 === 0 ? [1, 0] : [0, 1])));
    const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
    const train = featuresOf([[1, 0], [0, 1]]); // prettier-ignore
    const input = { train, trainLabels: Int32Array.of(0, 1), test, testLabels: labels, classes: 2 };
    const before = tf.memory().numTensors;
    expect((await knn(input, { k: 1, temperature: 0.1 })).accuracy).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("lets all vote where k is larger than the training set", async () => {
    const features = featuresOf([[1, 0], [0, 1]]); // prettier-ignore
    const labels = Int32Array.of(0, 1);
    const input = { train: features, trainLabels: labels, test: features, testLabels: labels, classes: 2 };
    const all = await knn(input, { k: 2, temperature: 0.1 });
    expect(await knn(input, { k: 200, temperature: 0.1 })).toEqual(all);
    expect(all).toMatchObject({ k: 2, accuracy: 1, balancedAccuracy: 1, largestClass: 0.5 });
  });

  it("says what is wrong", async () => {
    const features = featuresOf([[1, 0], [0, 1]]); // prettier-ignore
    const labels = Int32Array.of(0, 1);
    const input = { train: features, trainLabels: labels, test: features, testLabels: labels, classes: 2 };
    const tooFew = { ...input, trainLabels: Int32Array.of(0) };
    const otherLength = { ...input, test: featuresOf([[1], [1]]) };
    const set = (dim: number, labels: number) => ({ features: [2, dim], labels });
    expect(await refusedWith(() => knn(tooFew, { k: 1, temperature: 0.1 }))).toEqual({
      code: "INVALID_DATA",
      data: { train: set(2, 1), test: set(2, 2) },
    });
    expect(await refusedWith(() => knn(otherLength, { k: 1, temperature: 0.1 }))).toEqual({
      code: "INVALID_DATA",
      data: { train: set(2, 2), test: set(1, 2) },
    });
  });
});

describe("nearestNeighbours", () => {
  const train = featuresOf([[1, 0], [0, 1], [0.6, 0.8]]); // prettier-ignore
  const test = featuresOf([[0, 1], [1, 0]]); // prettier-ignore

  it("lists the nearest first, of the chosen images in their order", async () => {
    const [second, first] = await nearestNeighbours({ train, test }, [1, 0], 2);
    expect(second!.map(({ index }) => index)).toEqual([0, 2]);
    expect(first!.map(({ index }) => index)).toEqual([1, 2]);
    expect(second![1]!.similarity).toBeCloseTo(0.6, 6);
  });

  it("lists all where more are asked for than there are", async () => {
    const [all] = await nearestNeighbours({ train, test }, [0], 9);
    expect(all!.map(({ index }) => index)).toEqual([1, 2, 0]);
  });
});

/** Votes per class in plain loops; undefined where a tie leaves more than one right answer. */
function votesByHand(query: number[], train: number[][], labels: Int32Array, k: number) {
  const similarities = train.map((row) => row.reduce((sum, x, i) => sum + x * query[i]!, 0));
  const order = train.map((_, i) => i).sort((a, b) => similarities[b]! - similarities[a]!);
  const [last, next] = [similarities[order[k - 1]!]!, similarities[order[k] ?? -1] ?? -Infinity];
  if (last - next < 1e-6) return undefined;
  const votes = [0, 0, 0];
  for (const i of order.slice(0, k)) votes[labels[i]!]! += Math.exp(similarities[i]! / 0.5);
  const [best, second] = votes.toSorted((a, b) => b - a);
  return best! - second! < 1e-4 ? undefined : votes;
}
