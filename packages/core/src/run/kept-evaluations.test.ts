import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { keptEvaluationInvalid } from "../messages/notices.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import {
  type KeptFineTune,
  type KeptKnn,
  type KeptLinear,
  keptScores,
  type KeptSvm,
} from "./kept-evaluation.ts";
import { keepEvaluation, readKeptEvaluations, removeLaterEvaluations } from "./kept-evaluations.ts";

const data = {
  train: "/images/train",
  test: "/images/test",
  trainImages: 40,
  testImages: 4,
  classes: ["cat", "dog"],
  ofRun: true,
};
const measured = { step: 12, epoch: 2, measuredAt: "2026-11-29T02:00:00.000Z", data };
const knn: KeptKnn = {
  ...measured,
  kind: "knn",
  settings: { k: 20, temperature: 0.1 },
  results: [{ top1: 0.75, confusion: [[2, 0], [1, 1]] }], // prettier-ignore
  untrained: [{ top1: 0.5, confusion: [[1, 1], [1, 1]] }], // prettier-ignore
};
const linear: KeptLinear = {
  ...measured,
  kind: "linear",
  settings: {
    schedule: "steps",
    epochs: 100,
    batchSize: 256,
    seed: 0,
    learningRates: [0.1, 1],
    augment: false,
  },
  results: [
    {
      ...knn.results[0]!,
      images: 4,
      balancedAccuracy: 0.75,
      largestClass: 0.5,
      top5: null,
      perClass: [1, 0.5],
      fraction: 1,
      trainImages: 40,
      learningRate: 0.1,
      trainLoss: 0.3,
      heldOut: { images: 4, accuracies: [{ learningRate: 0.1, accuracy: 0.5, standardError: 0.29, trainLoss: 1.2, diverges: false }, { learningRate: 1, accuracy: 0.25, trainLoss: null, diverges: true }], asGood: [0.1] }, // prettier-ignore
    },
  ],
};

const { learningRate: _rate, heldOut: _heldOut, ...classified } = linear.results[0]!;
const tuned: KeptFineTune = {
  ...measured,
  kind: "finetune",
  settings: { epochs: 20, batchSize: 256, seed: 0, scratchRate: 0.1 },
  results: [{ ...classified, trunkRate: 0.01, headRate: 0.2 }],
  untrained: [{ ...classified, trunkRate: 0.1, headRate: 0.1 }],
};
const svm: KeptSvm = {
  ...measured,
  kind: "svm",
  settings: { protocol: "vissl", seed: 0 },
  results: [
    {
      shots: 4,
      trainImages: 8,
      testImages: 4,
      meanPrecision: 0.7,
      meanElevenPoint: 0.72,
      perClass: [0.7, null],
      perClassElevenPoint: [0.72, null],
      costs: [1, 1],
      samples: [0.6, 0.8],
    },
  ],
};

let folder: TemporaryFolder;
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => folder.remove());

describe("evaluations of a run", () => {
  it("are none where none was made", async () => {
    expect(await readKeptEvaluations(folder.path)).toEqual({ evaluations: [], problems: [] });
  });

  it("come back as they were kept, by step and date", async () => {
    const later = { ...linear, measuredAt: "2026-11-29T03:00:00.000Z" };
    const earlier = { ...knn, step: 6 };
    const last = { ...svm, step: 13 };
    const published = { ...later, settings: { ...linear.settings, protocol: "swav" }, step: 14 } as const;
    const whole = { ...tuned, step: 15 };
    for (const each of [whole, published, last, later, knn, earlier]) await keepEvaluation(folder.path, each);
    expect(await readKeptEvaluations(folder.path)).toEqual({
      evaluations: [earlier, knn, later, last, published, whole],
      problems: [],
    });
  });

  it("take the place of those with the same checkpoint, settings and images, and of no others", async () => {
    await keepEvaluation(folder.path, knn);
    const { untrained: _untrained, ...again } = knn;
    await keepEvaluation(folder.path, again);
    expect((await readKeptEvaluations(folder.path)).evaluations).toEqual([again]);
    await keepEvaluation(folder.path, { ...knn, settings: { k: 10, temperature: 0.1 } });
    await keepEvaluation(folder.path, { ...knn, data: { ...data, test: "/images/other" } });
    await keepEvaluation(folder.path, { ...linear, results: [{ ...linear.results[0]!, fraction: 0.1 }] });
    await keepEvaluation(folder.path, linear);
    await keepEvaluation(folder.path, { ...svm, results: [{ ...svm.results[0]!, shots: 8 }] });
    for (let twice = 0; twice < 2; twice++) await keepEvaluation(folder.path, svm);
    await keepEvaluation(folder.path, tuned);
    await keepEvaluation(folder.path, { ...tuned, results: [{ ...tuned.results[0]!, trunkRate: 1 }] });
    expect((await readKeptEvaluations(folder.path)).evaluations).toHaveLength(9);
  });

  it.each<[string, (kept: Record<string, never>) => object, string]>([
    ["another format", (kept) => ({ ...kept, format: 2 }), "format: must be equal to constant, got 2"],
    [
      "another kind",
      (kept) => ({ ...kept, kind: "tree" }),
      "kind: must be one of knn, linear, svm, finetune",
    ],
    ["a step that is none", (kept) => ({ ...kept, step: -1 }), "step: must be >= 0, got -1"],
    ["no date", (kept) => ({ ...kept, measuredAt: "today" }), "measuredAt: must match pattern"],
    [
      "no classes",
      (kept) => ({ ...kept, data: { ...data, classes: undefined } }),
      "data.classes: must be given",
    ],
    [
      "a setting of another kind",
      () => ({ ...knn, format: 1, settings: linear.settings }),
      "settings.k: must be given",
    ],
    [
      "an accuracy above 1",
      (kept) => ({ ...kept, results: [{ ...knn.results[0], top1: 3 }] }),
      "results.0.top1: must be <= 1, got 3",
    ],
    [
      "an accuracy that is not that of the counts",
      (kept) => ({ ...kept, results: [{ ...knn.results[0], top1: 0.5 }] }),
      "top1: must be 0.75, as confusion has it, got 0.5",
    ],
    [
      "counts of other images",
      (kept) => ({ ...kept, data: { ...data, testImages: 3 } }),
      "confusion: must count 1 to 3 images, got 4",
    ],
    [
      "counts of other classes",
      (kept) => ({ ...kept, data: { ...data, classes: ["cat"] } }),
      "confusion: must have a row and a column for each of 1 classes",
    ],
    [
      "a baseline of other settings",
      (kept) => ({ ...kept, untrained: [...knn.results, ...knn.results] }),
      "untrained: must have 1 results",
    ],
    [
      "a mean that is none",
      () => ({ ...svm, format: 1, results: [{ ...svm.results[0], meanPrecision: 0.5 }] }),
      "meanPrecision: must be 0.7, the mean of perClass, got 0.5",
    ],
    [
      "precisions of other classes",
      () => ({ ...svm, format: 1, results: [{ ...svm.results[0], costs: [1] }] }),
      "costs: must have a number for each of 2 classes",
    ],
    [
      "a protocol that is not known",
      () => ({ ...svm, format: 1, settings: { protocol: "voc", seed: 0 } }),
      "settings.protocol: must be",
    ],
  ])("that are none are told and left out: %s", async (_what, change, problem) => {
    // prettier-ignore
    const file = await keepEvaluation(folder.path, knn);
    const kept = JSON.parse(await readFile(file, "utf8")) as Record<string, never>;
    await writeFile(file, JSON.stringify(change(kept)));
    const { evaluations, problems } = await readKeptEvaluations(folder.path);
    expect(evaluations).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(keptEvaluationInvalid(file, problem).replace(/\. It is left out\.$/, ""));
  });

  it("have one number for each result: accuracies, and an SVM's mean average precision", () => {
    expect(keptScores(knn)).toEqual([{ score: 0.75, untrained: 0.5 }]);
    expect(keptScores(linear)).toEqual([{ score: 0.75 }]);
    expect(keptScores({ ...svm, untrained: svm.results })).toEqual([{ score: 0.7, untrained: 0.7 }]);
  });

  it("of later steps are deleted where a run goes on", async () => {
    for (const step of [0, 12, 13]) await keepEvaluation(folder.path, { ...knn, step });
    await removeLaterEvaluations(folder.path, 12);
    expect((await readKeptEvaluations(folder.path)).evaluations.map(({ step }) => step)).toEqual([0, 12]);
  });

  it("that were cut short are told and left out", async () => {
    const file = await keepEvaluation(folder.path, linear);
    await writeFile(file, (await readFile(file, "utf8")).slice(0, 50));
    const { evaluations, problems } = await readKeptEvaluations(folder.path);
    expect([evaluations, problems.length]).toEqual([[], 1]);
    expect(await readdir(path.dirname(file))).toHaveLength(1);
  });
});
