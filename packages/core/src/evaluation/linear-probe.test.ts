import path from "node:path";

import { decodeImage } from "@tssl/augment-zoo";
import { cifar10Subset } from "@tssl/demo-data";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { readImageFolder } from "../data/image-folder.ts";
import { constant } from "../state/schedules.ts";
import { assertClose, type Generated, generated, modes, readGolden } from "../testing/index.ts";
import { classification } from "./classification.ts";
import { probeSchedules } from "./probe-schedules.ts";
import type { Features } from "./extract-features.ts";
import { initialProbeWeight, type ProbeEpoch, probeScores, trainLinearProbes } from "./linear-probe.ts";
import { rowsOf } from "../state/rows-of.ts";
import { cachedBatches } from "./probe-batches.ts";

interface GoldenProbe {
  learningRate: number;
  losses: number[];
  weight: number[];
  bias: number[];
  top1: number;
  top5: number;
  predictions: number[];
}
const golden = readGolden<{
  train: Generated;
  trainLabels: number[];
  test: Generated;
  testLabels: number[];
  initialWeight: Generated;
  classes: number;
  epochs: number;
  batchSize: number;
  orders: number[][];
  probes: Record<"steps" | "cosine", GoldenProbe[]>;
  logisticRegression: {
    classes: string[];
    firstFeatures: number[];
    trainLoss: number;
    testAccuracy: number;
    predictions: number[];
  };
}>(new URL("../../fixtures/linear-probe.json", import.meta.url));

const valuesOf = (recipe: Generated) => tf.tidy(() => generated(recipe).dataSync()) as Float32Array;
const featuresOf = (recipe: Generated): Features => ({
  values: valuesOf(recipe),
  count: recipe.shape[0]!,
  dim: recipe.shape[1]!,
});

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(modes.map((mode) => ({ mode })))("trainLinearProbes in mode $mode", ({ mode }) => {
  it.each(["steps", "cosine"] as const)(
    "follows PyTorch's probes, all rates side by side: %s",
    async (schedule) => {
      const { epochs, classes, orders, batchSize, probes: wanted } = golden;
      const train = featuresOf(golden.train);
      const test = featuresOf(golden.test);
      const batches: ProbeEpoch = function* (epoch) {
        for (let start = 0; start < train.count; start += batchSize) {
          const indices = Int32Array.from(orders[epoch]!.slice(start, start + batchSize));
          yield {
            features: rowsOf(train.values, train.dim, indices),
            labels: indices.map((index) => golden.trainLabels[index]!),
          };
        }
      };
      const before = tf.memory().numTensors;
      const probes = await trainLinearProbes(batches, {
        dim: train.dim,
        classes,
        epochs,
        learningRates: wanted[schedule].map(({ learningRate }) => learningRate),
        schedule: probeSchedules[schedule],
        initialWeight: valuesOf(golden.initialWeight),
        mode,
      });
      for (const [i, want] of wanted[schedule].entries()) {
        const probe = probes[i]!;
        assertClose(probe.losses, want.losses, 1e-5, `losses, rate ${want.learningRate}`);
        assertClose(probe.weight, want.weight, 1e-5, `weight, rate ${want.learningRate}`);
        assertClose(probe.bias, want.bias, 1e-5, `bias, rate ${want.learningRate}`);
        const scores = await probeScores(probe, test);
        const { top1, top5 } = classification(scores, Int32Array.from(golden.testLabels), classes);
        expect(top1).toBeCloseTo(want.top1, 8);
        expect(top5).toBeCloseTo(want.top5, 8);
        expect(predictionsOf(scores, classes)).toEqual(want.predictions);
      }
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe("trainLinearProbes", () => {
  it(
    "reaches what scikit-learn's logistic regression reaches, on real images",
    { tags: "long" },
    async () => {
      const { logisticRegression: want } = golden;
      const subset = await cifar10Subset();
      const train = await blockMeans(subset.train);
      const test = await blockMeans(subset.test);
      assertClose(train.features.values.subarray(0, 6), want.firstFeatures, 0.01); // two decoders of JPEG
      expect(train.classes).toEqual(want.classes);
      const chosen = Int32Array.from(train.labels, (_, i) => i);
      const [probe] = await trainLinearProbes(
        cachedBatches(train.features, train.labels, { chosen, batchSize: 1000, seed: 0 }),
        {
          dim: 12,
          classes: 10,
          epochs: 1000,
          learningRates: [10],
          schedule: probeSchedules.cosine,
          initialWeight: initialProbeWeight(12, 10, 0),
          mode: "graph",
        },
      );

      expect(probe!.losses.at(-1)! - want.trainLoss).toBeGreaterThan(-1e-5);
      expect(probe!.losses.at(-1)! - want.trainLoss).toBeLessThan(3e-4);
      const scores = await probeScores(probe!, test.features);
      const { top1 } = classification(scores, test.labels, 10);
      expect(Math.abs(top1 - want.testAccuracy)).toBeLessThan(0.005);
      const agreeing = predictionsOf(scores, 10).filter((class_, i) => class_ === want.predictions[i]).length;
      expect(agreeing / want.predictions.length).toBeGreaterThan(0.98);
    },
  );

  it("finds the log of a class's odds where features say nothing", async () => {
    // One constant feature of 0: the bias alone learns, and softmax(bias) becomes the share of each class, 3
    // : 1.
    const labels = Int32Array.of(0, 0, 0, 1);
    const [probe] = await trainLinearProbes(() => [{ features: new Float32Array(4), labels }], {
      dim: 1,
      classes: 2,
      epochs: 200,
      learningRates: [1],
      schedule: constant(1),
      initialWeight: Float32Array.of(0.5, 0.25),
      mode: "graph",
    });
    expect(probe!.bias[0]! - probe!.bias[1]!).toBeCloseTo(Math.log(3), 4);
    expect([...probe!.weight]).toEqual([0.5, 0.25]);
    expect(probe!.losses[0]).toBeCloseTo(Math.log(2), 6);
    expect(probe!.losses.at(-1)).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 6);
  });
});

describe("initialProbeWeight", () => {
  it("is normal with deviation 0.01, fixed by the seed", () => {
    const weight = initialProbeWeight(500, 10, 7);
    const mean = weight.reduce((sum, x) => sum + x, 0) / weight.length;
    const variance = weight.reduce((sum, x) => sum + (x - mean) ** 2, 0) / weight.length;
    expect(Math.abs(mean)).toBeLessThan(4e-4); // three standard errors
    expect(Math.sqrt(variance)).toBeCloseTo(0.01, 3);
    expect(initialProbeWeight(500, 10, 7)).toEqual(weight);
    expect(initialProbeWeight(500, 10, 8)).not.toEqual(weight);
  });
});

const predictionsOf = (scores: Float32Array, classes: number): number[] =>
  Array.from({ length: scores.length / classes }, (_, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });

/**
 * Real images as fixtures/make_linear_probe.py has them: 100 of each class as means of 16 x 16 blocks, -1 ..
 * 1.
 */
async function blockMeans(root: string) {
  const folder = await readImageFolder(root);
  const chosen = folder.names.flatMap((name, i) => (Number(path.basename(name, ".jpg")) < 100 ? [i] : []));
  const values = new Float32Array(chosen.length * 12).fill(-1);
  for (const [row, index] of chosen.entries()) {
    const { data } = await decodeImage(folder.files[index]!);
    data.forEach((value, at) => {
      const [y, x, channel] = [Math.floor(at / 96), Math.floor(at / 3) % 32, at % 3];
      const block = Math.floor(y / 16) * 2 + Math.floor(x / 16);
      values[row * 12 + block * 3 + channel]! += value / (256 * 127.5);
    });
  }
  return {
    features: { values, count: chosen.length, dim: 12 },
    labels: Int32Array.from(chosen, (index) => folder.labels![index]!),
    classes: folder.classes,
  };
}
