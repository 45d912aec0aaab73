import { expect, test } from "vitest";

import { fallingLoss, learnedRun, unmeasuredRun } from "./learned-run.test.data.ts";
import { digestOf } from "./metrics-digest.ts";
import type { KnnResults, ReportData } from "./report-data.ts";
import { summarize } from "./summary.ts";
import * as say from "../messages/outcome.ts";
import { failed as runFailed, stillRunning, stoppedEarly, trainedWith } from "../messages/progress.ts";

const training = {
  running: false,
  plugins: ["moco", "clsa"],
  images: 5000,
  seconds: 252,
  imagesPerSecond: learnedRun.imagesPerSecond,
  device: "CPU",
};
const trained = trainedWith(training);
const changeTo = (accuracy: number): say.KnnChange => ({ untrained: 0.296, trained: accuracy, epoch: 10 });

function withKnn(change: Partial<KnnResults>): ReportData {
  return { ...learnedRun, knn: { ...learnedRun.knn, ...change } };
}

const after = (accuracy: number): KnnResults["points"] => [{ step: 99, epoch: 10, accuracy }];

test("a gain that luck does not explain is called learning", () => {
  expect(summarize(learnedRun)).toEqual({
    verdict: "learned",
    headline: say.learned(changeTo(0.361)),
    details: [trained],
  });
});

test("a small gain is called too small to be sure", () => {
  // Two proportions of 1,000 images: 1.96 * sqrt((0.296 * 0.704 + 0.311 * 0.689) / 1000).
  expect(summarize(withKnn({ points: after(0.311) }))).toEqual({
    verdict: "unclear",
    headline: say.gainTooSmall(changeTo(0.311), 0.04031, 1000),
    details: [trained],
  });
});

test("the same small gain counts when it was measured on many images", () => {
  const summary = summarize(withKnn({ points: after(0.311), testImages: 50_000 }));
  expect(summary.headline).toBe(say.learned(changeTo(0.311)));
});

test("no gain is called not learned", () => {
  expect(summarize(withKnn({ points: after(0.292) }))).toEqual({
    verdict: "not learned",
    headline: say.didNotLearn(changeTo(0.292)),
    details: [trained],
  });
});

test("a fall to chance is called worse, and a collapse", () => {
  expect(summarize(withKnn({ points: after(0.104) }))).toEqual({
    verdict: "not learned",
    headline: say.gotWorse(changeTo(0.104)),
    details: [say.notClearlyBetterThanGuessing(0.1), trained],
  });
});

test("a fall from an earlier peak is told", () => {
  const points = [
    { step: 9, epoch: 1, accuracy: 0.42 },
    { step: 99, epoch: 10, accuracy: 0.361 },
  ];
  expect(summarize(withKnn({ points })).details[0]).toBe(say.fellSinceItsBest(0.42, 1));
});

test("a loss that is not a number outweighs a kNN gain", () => {
  const metrics = fallingLoss(100).map((row) => (row.step < 60 ? row : { ...row, values: { loss: NaN } }));
  expect(summarize({ ...learnedRun, metrics: digestOf(metrics) })).toEqual({
    verdict: "not learned",
    headline: say.lossNotANumber(60),
    details: [trained],
  });
});

test("a loss that recovered is no breakdown", () => {
  const metrics = fallingLoss(100).map((row) => (row.step === 60 ? { ...row, values: { loss: NaN } } : row));
  expect(summarize({ ...learnedRun, metrics: digestOf(metrics) }).verdict).toBe("learned");
});

test("without labels nothing is claimed but the loss", () => {
  const run = { ...unmeasuredRun, data: { images: 5000 } };
  expect(summarize(run)).toEqual({
    verdict: "unknown",
    headline: say.nothingMeasured("no labels", false),
    details: [say.lossChange(6.96, 5.04), trained],
  });
});

test("labels without kNN are told apart from no labels", () => {
  expect(summarize(unmeasuredRun).headline).toBe(say.nothingMeasured("no kNN", false));
});

test("without labels the headline is what is known of the embeddings", () => {
  const learning = { about: "learning", level: "ok", since: 100, sentence: "Learning: so and so." } as const;
  const queue = { about: "queue", level: "note", since: 1, sentence: "The queue fills." } as const;
  const health = { step: 100, queues: [], findings: [queue, learning] };
  const unlabelled = { ...unmeasuredRun, data: { images: 5000 }, health };
  expect(summarize(unlabelled)).toEqual({
    verdict: "unknown",
    headline: "Learning: so and so.",
    details: [say.NO_ACCURACY, say.lossChange(7 - 4 / 99, 7 - 194 / 99), trained],
  });
  const collapse = { about: "collapse", level: "failure", since: 20, sentence: "Collapsed." } as const;
  expect(summarize({ ...unlabelled, health: { ...health, findings: [collapse] } })).toMatchObject({
    verdict: "not learned",
    headline: "Collapsed.",
  });
});

test("kNN that was measured afterwards is the headline of a run without labels", () => {
  const kept = {
    kind: "knn",
    name: "kNN, k 20, temperature 0.1",
    k: 20,
    images: "",
    testImages: 1000,
    step: 99,
    epoch: 10,
    accuracy: 0.361,
    untrained: 0.296,
    measuredAt: "2026-11-29T02:00:00Z",
  } as const;
  const change = { untrained: 0.296, trained: 0.361, epoch: 10 };
  expect(summarize({ ...unmeasuredRun, evaluations: [kept] }).headline).toBe(say.learned(change));
  expect(summarize({ ...unmeasuredRun, evaluations: [{ ...kept, step: 50 }] }).headline).toBe(
    say.nothingMeasured("no kNN", false),
  );
});

test("without an untrained baseline the gain is called unknown", () => {
  expect(summarize({ ...learnedRun, knn: { k: 20, chance: 0.1, points: after(0.361) } })).toEqual({
    verdict: "unknown",
    headline: say.gainUnknown(0.361, 10, 0.1),
    details: [trained],
  });
});

test("a running run tells how far it is", () => {
  const run = { ...withKnn({ points: [] }), status: "running" as const, epochs: { done: 1.5, planned: 10 } };
  expect(summarize(run)).toEqual({
    verdict: "unknown",
    headline: say.noKnnYet(true, 0.296),
    details: [stillRunning(run.epochs), trainedWith({ ...training, running: true })],
  });
});

test("before the first evaluation after training began, nothing is said to be learned or not", () => {
  const points = [{ step: 0, epoch: 0, accuracy: 0.296 }];
  for (const status of ["running", "interrupted"] as const) {
    expect(summarize({ ...withKnn({ points }), status, epochs: { done: 0.5, planned: 10 } })).toMatchObject({
      verdict: "unknown",
      headline: say.noKnnYet(status === "running", 0.296),
    });
  }
});

test("without kNN the gravest finding on the run's health is the headline", () => {
  const finding = (level: "ok" | "failure", sentence: string) =>
    ({ about: "rank", level, sentence, since: 1 }) as const;
  const health = (findings: readonly ReturnType<typeof finding>[]) => ({ step: 9, queues: [], findings });
  const learning = summarize({ ...unmeasuredRun, health: health([finding("ok", "Learning: so.")]) });
  expect(learning).toMatchObject({ verdict: "unknown", headline: "Learning: so." });
  expect(learning.details[0]).toBe(say.nothingMeasured("no kNN", false));
  const gone = summarize({ ...unmeasuredRun, health: health([finding("failure", "Collapsed: so.")]) });
  expect(gone).toMatchObject({ verdict: "not learned", headline: "Collapsed: so." });
});

test("a stopped run and a failed run say where and why", () => {
  const epochs = { done: 4, planned: 10 };
  expect(summarize({ ...learnedRun, status: "interrupted", epochs }).details).toEqual([
    stoppedEarly(epochs, undefined),
    trained,
  ]);
  const failed = { ...learnedRun, status: "failed" as const, statusReason: "out of memory.", epochs };
  expect(summarize(failed).details).toEqual([runFailed(epochs, "out of memory."), trained]);
});

test("notes come last", () => {
  expect(summarize({ ...learnedRun, notes: ["The queue was full from step 17 on."] }).details).toEqual([
    trained,
    "The queue was full from step 17 on.",
  ]);
});
