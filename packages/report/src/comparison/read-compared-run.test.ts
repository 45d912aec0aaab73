import { afterEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "@tssl/core/testing";

import { readComparedRun } from "./read-compared-run.ts";

let folder: TemporaryFolder;
afterEach(() => folder.remove());

const outcome = {
  status: "finished",
  seconds: 12.5,
  imagesPerSecond: 100,
  peakMemoryBytes: 2 ** 30,
  evaluations: [{ accuracy: 0.2 }, { accuracy: 0.3 }],
};
const row = (step: number, values: object) => JSON.stringify({ step, epoch: step / 2, values });

describe("readComparedRun", () => {
  it("takes the last kNN, linear top-1 by default settings, means over the last epoch, and the cost", async () => {
    folder = await temporaryFolder({
      "a/seed-1/outcome.json": JSON.stringify(outcome),
      "a/seed-1/compared-linear.json": JSON.stringify({ results: [{ fraction: 1, top1: 0.45 }] }),
      "a/seed-1/linear.json": JSON.stringify({ results: [{ fraction: 0.1, top1: 0.25 }] }),
      "a/seed-1/metrics.jsonl": [
        row(0, { knn: 0.2 }),
        row(1, { loss: 9, "m/term": 9, lr: 0.1 }),
        row(2, { loss: 8, "m/term": 8, lr: 0.1 }),
        row(3, { loss: 7, "m/term": 3, lr: 0.1, imagesPerSecond: 90 }),
        row(4, { loss: 5, "m/term": 2, lr: 0.1, gradientNorm: 1 }),
        row(4, { knn: 0.3 }),
      ].join("\n"),
    });
    expect(await readComparedRun(folder.path, "a/seed-1", 1)).toEqual({
      seed: 1,
      folder: "a/seed-1",
      status: "finished",
      measured: {
        knn: 0.3,
        linear: 0.45,
        loss: 6,
        "m/term": 2.5,
        seconds: 12.5,
        imagesPerSecond: 100,
        peakMemoryBytes: 2 ** 30,
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
