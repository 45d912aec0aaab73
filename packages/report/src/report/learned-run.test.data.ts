import type { MetricsRow } from "@tssl/core/run";

import { digestOf } from "./metrics-digest.ts";
import type { KnnResults, ReportData } from "./report-data.ts";

/** One grey pixel, for tests that need a picture. */
export const PIXEL: Uint8Array = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);

/** The loss falls from 7 in a straight line, one row a step, ten steps an epoch. */
export const fallingLoss = (steps: number): MetricsRow[] =>
  Array.from({ length: steps }, (_, step) => ({
    step,
    epoch: step / 10,
    values: { loss: 7 - (2 * step) / (steps - 1), lr: 0.06 },
  }));

/** A finished run whose kNN accuracy was not measured. */
export const unmeasuredRun: ReportData = {
  title: "A run",
  status: "finished",
  startedAt: "2026-11-23T10:04:00Z",
  durationSeconds: 252,
  plugins: ["moco", "clsa"],
  device: "CPU",
  data: { images: 5000, classes: 10 },
  epochs: { done: 10, planned: 10 },
  imagesPerSecond: 151,
  metrics: digestOf(fallingLoss(100)),
};

const knn: KnnResults = {
  k: 20,
  untrained: 0.296,
  chance: 0.1,
  testImages: 1000,
  points: [
    { step: 49, epoch: 5, accuracy: 0.334 },
    { step: 99, epoch: 10, accuracy: 0.361 },
  ],
};

/** A finished run that learned: the tests change what they look at. */
export const learnedRun: ReportData & { knn: KnnResults } = { ...unmeasuredRun, knn };
