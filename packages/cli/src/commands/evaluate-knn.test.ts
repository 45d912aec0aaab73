import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { KeptKnn } from "@tssl/core/internal";
import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { testNotGiven } from "../messages/evaluation.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-knn-"));
  const subset = await cifar10Subset();
  for (const name of ["cat", "dog", "ship"]) {
    copyImages(path.join(subset.train, name), `labelled/${name}`, 40);
    copyImages(path.join(subset.train, name), `all/${name}`, 40);
    copyImages(path.join(subset.test, name), `test/${name}`, 20);
    copyImages(path.join(subset.test, name), `all/${name}`, 7, "t_"); // 21 test images in the training set
  }
  copyImages(path.join(subset.train, "truck"), "all/unlabelled", 40);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyImages(from: string, to: string, count: number, prefix = ""): void {
  mkdirSync(path.join(folder, to), { recursive: true });
  for (const file of readdirSync(from).slice(0, count)) {
    copyFileSync(path.join(from, file), path.join(folder, to, prefix + file));
  }
}

const tssl = (...args: string[]) => warmTsslIn(folder, args);
const small = (more: Record<string, unknown>) =>
  smallExample(
    { train: path.join(folder, "all"), test: path.join(folder, "test") },
    {
      epochs: 1,
      batchSize: 32,
      ...more,
    },
  );
const readJson = (file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as unknown;

interface Evaluated {
  readonly accuracy: number;
  readonly k: number;
  readonly classes: readonly string[];
  readonly untrained?: { readonly accuracy: number };
}
interface Recorded {
  readonly data: {
    readonly evaluation?: { readonly trainImages: number; readonly testImages: number; readonly k: number };
    readonly notes: readonly string[];
  };
}
const record = (run: string) => readJson(`${run}/run.json`) as Recorded;
const knnOf = (run: string) =>
  (readJson(`${run}/outcome.json`) as { evaluations: { accuracy: number }[] }).evaluations;
const firstKnn = (run: string) => knnOf(run)[0]!.accuracy;
const lastKnn = (run: string) => knnOf(run).at(-1)!.accuracy;
const evaluated = (...args: string[]) => {
  const { code, out, err } = tssl("evaluate", "knn", ...args, "--json");
  expect(err).not.toContain("Error");
  expect(code).toBe(0);
  return { ...(JSON.parse(out) as Evaluated), err };
};

describe("a labelled part apart from the training images", () => {
  const TOO = "21 of 60 test images are training images too (cat/0000.jpg = cat/t_0000.jpg, …): ";
  const SEEN = `${TOO}the encoder has seen them, without their labels.`;

  it("is what kNN searches while training, and afterwards", () => {
    const labelled = path.join(folder, "labelled");
    const { code, err } = tssl(
      "train",
      EXAMPLE,
      "--out",
      "apart",
      ...small({ "evaluation.train": labelled }),
    );
    expect(code).toBe(0);
    expect(record("apart").data).toMatchObject({
      classes: ["cat", "dog", "ship", "unlabelled"],
      evaluation: { trainImages: 120, testImages: 60, classes: ["cat", "dog", "ship"], k: 10 },
      notes: [SEEN],
      ledgers: {
        train: { found: 181, images: 181 },
        labelled: { found: 120, images: 120 },
        test: { found: 60, images: 60 },
      },
    });
    expect(err).toContain(`${SEEN}\n`);
    expect(err.indexOf(SEEN)).toBeLessThan(err.indexOf("epoch 0 "));
    expect(readFileSync(path.join(folder, "apart/report.html"), "utf8")).toContain(
      SEEN.replaceAll("'", "&#39;"),
    );
  });

  it("is what tssl evaluate searches, before and after training", () => {
    const { accuracy, classes, k, untrained } = evaluated("apart");
    expect(accuracy).toBe(lastKnn("apart"));
    expect(untrained!.accuracy).toBe(firstKnn("apart"));
    expect(classes).toEqual(["cat", "dog", "ship"]);
    expect(k).toBe(10);
    const again = evaluated("apart", "--train", "labelled", "--no-baseline");
    expect(again.accuracy).toBe(accuracy);
    expect(again.untrained).toBeUndefined();
  });

  it("is named in the evaluations that the run folder keeps", () => {
    evaluated("apart", "-k", "5");
    const kept = readdirSync(path.join(folder, "apart/evaluations"));
    expect(kept).toHaveLength(2); // k 10, measured several times, and k 5
    const all = kept.map((name) => readJson(`apart/evaluations/${name}`) as { settings: { k: number } });
    const { measuredAt, ...ten } = all.find(({ settings }) => settings.k === 10)! as unknown as KeptKnn;
    expect(Date.parse(measuredAt)).toBeGreaterThan(Date.now() - 3600_000);
    expect(ten).toEqual({
      format: 1,
      kind: "knn",
      step: 5,
      epoch: 1,
      data: {
        train: path.join(folder, "labelled"),
        test: path.join(folder, "test"),
        trainImages: 120,
        testImages: 60,
        classes: ["cat", "dog", "ship"],
        ofRun: true,
      },
      settings: { k: 10, temperature: 0.1 },
      results: [{ top1: lastKnn("apart"), confusion: expect.any(Array) as unknown }],
    });
    const { out } = tssl("inspect", "apart");
    expect(out).toMatch(
      /^kNN, k 5, temperature 0\.1 at epoch 1: .* %, .* % untrained \(120 labelled images, 60 test images\)$/m,
    );
  });

  it(
    "need not be named where the training images have the classes of the test images and more",
    { tags: "long" },
    () => {
      const { code, err } = tssl("train", EXAMPLE, "--out", "whole", ...small({ "evaluation.k": null }));
      expect(code).toBe(0);
      expect(record("whole").data.evaluation).toMatchObject({ trainImages: 181, testImages: 60, k: 181 });
      expect(err).toContain(`${TOO}kNN is too high by them.\n`);
      const { accuracy, err: said } = evaluated("whole");
      expect(accuracy).toBe(lastKnn("whole"));
      expect(said).toContain(`${TOO}the accuracy is too high by them.\n`);
    },
  );
});

describe("unlabelled training without any labelled images", () => {
  it("says at the start why there is no kNN, and what to write to get it", () => {
    const flat = path.join(folder, "all/cat");
    const { err } = tssl(
      "train",
      EXAMPLE,
      "--out",
      "flat",
      ...small({ "data.train": flat, "data.test": null }),
    );
    const why =
      "There is no kNN accuracy during training: the config names no images to classify. " +
      "To get it, set evaluation.train and evaluation.test to labelled images.";
    expect(err.indexOf(why)).toBeGreaterThanOrEqual(0);
    expect(err.indexOf(why)).toBeLessThan(err.indexOf("epoch 1 "));
    expect(tssl("evaluate", "knn", "flat").err).toBe(
      `Error: ${testNotGiven().message}\n(INVALID_OPTION, see tssl explain INVALID_OPTION)\n`,
    );
  });
});
