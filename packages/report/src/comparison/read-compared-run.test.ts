import { afterEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "@tssl/core/testing";

import { probeDefaults } from "@tssl/core/internal";

import { EVALUATED } from "./comparison.ts";
import { readComparedRun } from "./read-compared-run.ts";

let folder: TemporaryFolder;
afterEach(() => folder.remove());

const outcome = {
  status: "finished",
  steps: 4,
  seconds: 12.5,
  imagesPerSecond: 100,
  peakMemoryBytes: 2 ** 30,
  timeShares: { compile: 0, step: 10, dataWait: 1, evaluation: 1 },
  evaluations: [
    { step: 0, epoch: 0, accuracy: 0.2 },
    { step: 4, epoch: 2, accuracy: 0.3 },
  ],
};
const row = (step: number, values: object) => JSON.stringify({ step, epoch: step / 2, values });

const [right, wrong] = [[[2, 0], [1, 1]], [[1, 1], [1, 1]]]; // prettier-ignore
const kept = {
  format: 1,
  step: 4,
  epoch: 2,
  measuredAt: "2026-11-29T02:00:00Z",
  data: { train: "/a", test: "/b", trainImages: 9, testImages: 4, classes: ["cat", "dog"], ofRun: true },
};
const linear = (fraction: number, more: object = {}, top1 = 0.75) =>
  JSON.stringify({
    ...kept,
    kind: "linear",
    settings: { ...probeDefaults, seed: 1 },
    results: [
      {
        ...{ top1, confusion: top1 === 0.75 ? right : wrong, images: 4, top5: null, perClass: [1, 0.5] },
        ...{ balancedAccuracy: top1, largestClass: 0.5 },
        ...{ fraction, trainImages: 9, learningRate: 0.1, trainLoss: 0.5 },
      },
    ],
    ...more,
  });
const knn = (more: object) =>
  JSON.stringify({
    ...kept,
    kind: "knn",
    settings: { k: 5, temperature: 0.1 },
    results: [{ top1: 0.5, confusion: wrong }],
    ...more,
  });
const svm = (shots: number | null, seed: number) =>
  JSON.stringify({
    ...kept,
    kind: "svm",
    settings: { protocol: "pcl", seed },
    results: [
      {
        ...{ shots, trainImages: 9, testImages: 4, meanPrecision: 0.6, meanElevenPoint: 0.7 },
        ...{ perClass: [0.6, null], perClassElevenPoint: [0.7, null], costs: [0.5, 0.5] },
      },
    ],
  });

describe("readComparedRun", () => {
  it("takes the last kNN, kept evaluations of the last step, means over the last epoch, and the cost", async () => {
    folder = await temporaryFolder({
      "a/seed-1/outcome.json": JSON.stringify(outcome),
      "a/seed-1/evaluations/1.json": linear(1),
      "a/seed-1/evaluations/2.json": linear(0.1, {}, 0.5),
      "a/seed-1/evaluations/3.json": linear(1, { step: 2 }, 0.5),
      "a/seed-1/evaluations/4.json": knn({}),
      "a/seed-1/evaluations/5.json": knn({ data: { ...kept.data, ofRun: false } }),
      "a/seed-1/evaluations/6.json": svm(null, 3),
      "a/seed-1/evaluations/7.json": svm(2, 1),
      "a/seed-1/evaluations/8.json": svm(2, 3),
      "a/seed-1/metrics.jsonl": [
        row(0, { knn: 0.2 }),
        row(1, { loss: 9, "m/term": 9, lr: 0.1 }),
        row(2, { loss: 8, "m/term": 8, lr: 0.1 }),
        row(3, { loss: 7, "m/term": 3, lr: 0.1, imagesPerSecond: 90 }),
        row(4, { loss: 5, "m/term": 2, lr: 0.1, gradientNorm: 1 }),
        row(4, { knn: 0.3 }),
        "",
      ].join("\n"),
    });
    expect(await readComparedRun(folder.path, "a/seed-1", 1)).toEqual({
      seed: 1,
      folder: "a/seed-1",
      status: "finished",
      measured: {
        knn: 0.3,
        linear: 0.75,
        [`${EVALUATED}linear probe, 10.0 % of the labels, 100 epochs, batch 256, schedule steps, learning rate ${probeDefaults.learningRates.join(" or ")}`]: 0.5,
        [`${EVALUATED}kNN, k 5, temperature 0.1`]: 0.5,
        [`${EVALUATED}kNN, k 5, temperature 0.1, /a, /b`]: 0.5,
        [`${EVALUATED}linear SVM, protocol pcl, mean average precision`]: 0.6,
        [`${EVALUATED}linear SVM, protocol pcl, 2 images of a class, mean average precision`]: 0.6,
        [`${EVALUATED}linear SVM, protocol pcl, 2 images of a class, seed 3, mean average precision`]: 0.6,
        loss: 6,
        "m/term": 2.5,
        seconds: 12.5,
        imagesPerSecond: 100,
        peakMemoryBytes: 2 ** 30,
      },
      curves: {
        knn: { steps: [0, 4], epochs: [0, 2], values: [0.2, 0.3] },
        loss: { steps: [2, 4], epochs: [1, 2], values: [8.5, 6] },
      },
    });
  });

  it("measures nothing of a run that did not finish, or was not begun", async () => {
    folder = await temporaryFolder({
      "a/outcome.json": JSON.stringify({ ...outcome, status: "failed", reason: "full disk" }),
      "b/metrics.jsonl": row(1, { loss: 9 }),
    });
    expect(await readComparedRun(folder.path, "a", 0)).toEqual({
      seed: 0,
      folder: "a",
      status: "failed",
      reason: "full disk",
      measured: {},
    });
    expect(await readComparedRun(folder.path, "b", 0)).toMatchObject({ status: "not run", measured: {} });
  });
});
