import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { fill, refusal } from "../testing/index.ts";
import { FEATURES } from "./compile-features.ts";
import { evaluateLinear } from "./evaluate-linear.ts";
import type { LinearData } from "./linear-data.ts";
import type { LinearOptions } from "./linear-options.ts";
import type { Features } from "./extract-features.ts";

/** Points around the corners of a triangle, class by class: as near as `spread`. */
function corners(name: string, perClass: number, spread: number): { features: Features; labels: Int32Array } {
  const count = 3 * perClass;
  const labels = Int32Array.from({ length: count }, (_, i) => Math.floor(i / perClass));
  const noise = fill(name, count * 2, spread);
  const values = noise.map((x, i) => x + [1, 0, 0, 1, -1, -1][labels[Math.floor(i / 2)]! * 2 + (i % 2)]!);
  return { features: { values, count, dim: 2 }, labels };
}

const train = corners("train", 20, 0.4);
const test = corners("test", 10, 0.4);
const data: LinearData = {
  layers: [{ name: FEATURES, dim: 2 }],
  train: () => Promise.resolve(train.features),
  trainLabels: train.labels,
  test: () => Promise.resolve(test),
  classes: 3,
};
const options: LinearOptions = {
  learningRates: [1],
  schedule: "steps",
  epochs: 20,
  batchSize: 16,
  fraction: 1,
  seed: 0,
  mode: "graph",
};

/** The result of the only layer. */
const evaluate = async (data: LinearData, options: LinearOptions) =>
  (await evaluateLinear(data, options))[0]!;

beforeAll(() => startEngine({ device: "cpu" }));

describe("evaluateLinear", () => {
  it("separates what a linear layer separates", async () => {
    const result = await evaluate(data, options);
    expect(result).toMatchObject({
      fraction: 1,
      trainImages: 60,
      learningRate: 1,
      images: 30,
      top1: 1,
      top5: null,
      perClass: [1, 1, 1],
      confusion: [
        [10, 0, 0],
        [0, 10, 0],
        [0, 0, 10],
      ],
    });
    expect(result.heldOut).toBeUndefined();
    expect(result.trainLoss).toBeLessThan(0.05);
  });

  it("gives the same numbers for the same seed, and others for another", async () => {
    const lossOf = async (seed: number) => (await evaluate(data, { ...options, seed })).trainLoss;
    expect(await lossOf(1)).toBe(await lossOf(1));
    expect(await lossOf(1)).not.toBe(await lossOf(2));
  });

  it("chooses the learning rate on held-out training images, then trains it on all", async () => {
    const chosen = await evaluate(data, { ...options, learningRates: [1e39, 1e-9, 1] });
    expect(chosen.learningRate).toBe(1);
    const { images, accuracies, asGood } = chosen.heldOut!;
    expect([images, asGood]).toEqual([6, [1]]);
    expect(
      accuracies.map(({ learningRate, accuracy, diverges }) => [learningRate, accuracy, diverges]),
    ).toEqual([
      [1e39, 0, true], // infinite in float32, so the loss is not a number
      [1e-9, expect.any(Number), expect.any(Boolean)],
      [1, 1, false],
    ]);
    expect([accuracies[0]!.trainLoss, accuracies[2]!.standardError]).toEqual([null, 0]);
    expect(chosen.trainImages).toBe(60);
    expect(chosen.trainLoss).toBe((await evaluate(data, options)).trainLoss);
  });

  it("does not look at the test images to choose", async () => {
    const labels = test.labels.map((label) => (label + 1) % 3);
    const mislabelled = { ...data, test: () => Promise.resolve({ ...test, labels }) };
    const choose = (learningRates: number[]) => evaluate(mislabelled, { ...options, learningRates, seed: 1 });
    expect((await choose([1e-9])).top1).toBeGreaterThan(0);
    expect(await choose([1e-9, 1])).toMatchObject({ learningRate: 1, top1: 0 });
  });

  it("trains on a share of the labels, the same of each class", async () => {
    const { trainImages, fraction } = await evaluate(data, { ...options, fraction: 0.1 });
    expect([trainImages, fraction]).toEqual([6, 0.1]);
  });

  it("says what is wrong", async () => {
    const refused = (change: Partial<LinearOptions>) =>
      refusal(() => evaluate(data, { ...options, ...change }));
    expect(await refused({ fraction: 0.04 })).toBe(
      "INVALID_OPTION: fraction must be at least 0.050 (one image for each of 3 classes, of 60) and at " +
        "most 1, got 0.04.",
    );
    expect(await refused({ fraction: 0.05, learningRates: [1, 2] })).toBe(
      "INVALID_OPTION: fraction must be enough for two images of some class, to choose among learning " +
        "rates, got 0.05. Or give one learning rate.",
    );
    expect(await refused({ fraction: 1.5 })).toMatch(/at most 1, got 1.5/);
    expect(await refused({ learningRates: [1e39, 2e39] })).toBe(
      "TRAINING_FAILED: The linear probe's loss ends above that of guessing (1.10) with every learning " +
        "rate of 1e+39, 2e+39. Try smaller ones.",
    );
    expect(await refused({ learningRates: [1e39] })).toMatch(/^TRAINING_FAILED: .*learning rate 1e\+39/);
  });
});
