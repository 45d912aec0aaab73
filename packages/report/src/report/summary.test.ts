import { expect, test } from "vitest";

import { fallingLoss, learnedRun, unmeasuredRun } from "./learned-run.test.data.ts";
import type { KnnResults, ReportData } from "./report-data.ts";
import { summarize } from "./summary.ts";

const trained = "Trained with moco + clsa on 5,000 images for 4 min 12 s at 151 images/s on CPU.";

function withKnn(change: Partial<KnnResults>): ReportData {
  return { ...learnedRun, knn: { ...learnedRun.knn, ...change } };
}

const after = (accuracy: number): KnnResults["points"] => [{ step: 99, epoch: 10, accuracy }];

test("a gain that luck does not explain is called learning", () => {
  expect(summarize(learnedRun)).toEqual({
    verdict: "learned",
    headline:
      "The encoder learned: kNN rose from 29.6 % (untrained) to 36.1 % after 10 epochs (+6.5 points).",
    details: [trained],
  });
});

test("a small gain is called too small to be sure", () => {
  expect(summarize(withKnn({ points: after(0.311) }))).toEqual({
    verdict: "unclear",
    headline:
      "Too small a gain to be sure: kNN went from 29.6 % (untrained) to 31.1 % after 10 epochs (+1.5 points). " +
      "On 1,000 test images a difference below 4.0 points can be luck.",
    details: [trained],
  });
});

test("the same small gain counts when it was measured on many images", () => {
  const summary = summarize(withKnn({ points: after(0.311), testImages: 50_000 }));
  expect(summary.headline).toBe(
    "The encoder learned: kNN rose from 29.6 % (untrained) to 31.1 % after 10 epochs (+1.5 points).",
  );
});

test("no gain is called not learned", () => {
  expect(summarize(withKnn({ points: after(0.292) }))).toEqual({
    verdict: "not learned",
    headline:
      "The encoder did not learn: kNN went from 29.6 % (untrained) to 29.2 % after 10 epochs (−0.4 points).",
    details: [trained],
  });
});

test("a fall to chance is called worse, and a collapse", () => {
  expect(summarize(withKnn({ points: after(0.104) }))).toEqual({
    verdict: "not learned",
    headline:
      "The encoder got worse: kNN fell from 29.6 % (untrained) to 10.4 % after 10 epochs (−19.2 points).",
    details: ["That is no better than guessing (10.0 %): the embeddings have probably collapsed.", trained],
  });
});

test("a fall from an earlier peak is told", () => {
  const points = [
    { step: 9, epoch: 1, accuracy: 0.42 },
    { step: 99, epoch: 10, accuracy: 0.361 },
  ];
  expect(summarize(withKnn({ points })).details[0]).toBe(
    "It was best after 1 epoch (42.0 %) and has fallen since.",
  );
});

test("a loss that is not a number outweighs a kNN gain", () => {
  const metrics = fallingLoss(100).map((row) => (row.step < 60 ? row : { ...row, values: { loss: NaN } }));
  expect(summarize({ ...learnedRun, metrics })).toEqual({
    verdict: "not learned",
    headline: "Training broke down: the loss was not a number from step 60 on.",
    details: [trained],
  });
});

test("a loss that recovered is no breakdown", () => {
  const metrics = fallingLoss(100).map((row) => (row.step === 60 ? { ...row, values: { loss: NaN } } : row));
  expect(summarize({ ...learnedRun, metrics }).verdict).toBe("learned");
});

test("without labels nothing is claimed but the loss", () => {
  const run = { ...unmeasuredRun, data: { images: 5000 } };
  expect(summarize(run)).toEqual({
    verdict: "unknown",
    headline: "The images have no labels, so no number here tells what the encoder learned.",
    details: ["The loss fell from 6.96 to 5.04.", trained],
  });
});

test("labels without kNN are told apart from no labels", () => {
  expect(summarize(unmeasuredRun).headline).toBe(
    "kNN accuracy was not measured, so no number here tells what the encoder learned.",
  );
});

test("without an untrained baseline the gain is called unknown", () => {
  expect(summarize({ ...learnedRun, knn: { k: 20, chance: 0.1, points: after(0.361) } })).toEqual({
    verdict: "unknown",
    headline:
      "kNN reached 36.1 % after 10 epochs (guessing: 10.0 %). The untrained encoder was not measured, so the gain is unknown.",
    details: [trained],
  });
});

test("a running run tells how far it is", () => {
  const run = { ...withKnn({ points: [] }), status: "running" as const, epochs: { done: 1.5, planned: 10 } };
  expect(summarize(run)).toEqual({
    verdict: "unknown",
    headline: "There is no kNN accuracy yet. The untrained encoder reached 29.6 %.",
    details: [
      "Still running: 1.5 of 10 epochs done.",
      "Training with moco + clsa on 5,000 images for 4 min 12 s so far at 151 images/s on CPU.",
    ],
  });
});

test("a stopped run and a failed run say where and why", () => {
  const epochs = { done: 4, planned: 10 };
  expect(summarize({ ...learnedRun, status: "interrupted", epochs }).details).toEqual([
    "Stopped early, after 4 of 10 epochs.",
    trained,
  ]);
  const failed = { ...learnedRun, status: "failed" as const, statusReason: "out of memory.", epochs };
  expect(summarize(failed).details).toEqual(["The run failed after 4 of 10 epochs: out of memory.", trained]);
});

test("notes come last", () => {
  expect(summarize({ ...learnedRun, notes: ["The queue was full from step 17 on."] }).details).toEqual([
    trained,
    "The queue was full from step 17 on.",
  ]);
});
