import { compareVariants, type ComparedRun } from "@tssl/report";
import { expect, test } from "vitest";

import { comparisonText } from "./comparison-text.ts";

const run = (seed: number, measured: Record<string, number>): ComparedRun => ({
  seed,
  folder: "",
  status: "finished",
  measured,
});

test("a table for each accuracy and cost, then the outcome in words", () => {
  const comparison = compareVariants(
    [0, 1],
    [
      {
        name: "base",
        runs: [run(0, { knn: 0.3, loss: 5, seconds: 60 }), run(1, { knn: 0.32, seconds: 80 })],
      },
      {
        name: "other",
        runs: [run(0, { knn: 0.4, seconds: 50 }), { ...run(1, {}), status: "failed", reason: "full disk" }],
      },
    ],
  );
  expect(comparisonText(comparison).split("\n")).toEqual([
    "kNN accuracy  seed 0  seed 1    mean    std  minus base",
    "base          30.0 %  32.0 %  31.0 %  1.4 %",
    "other         40.0 %       –  40.0 %      –       +10.0",
    "",
    "Time   seed 0      seed 1        mean   std  minus base",
    "base    1 min  1 min 20 s  1 min 10 s  14 s",
    "other    50 s           –        50 s     –       −10 s",
    "",
    "The page and --json have 1 more quantity.",
    "",
    "other is ahead of base: its kNN accuracy is 10.0 points higher. With 1 seed, whether that is more than luck cannot be said.",
    "A run of other takes 29 % less time (50 s instead of 1 min 10 s) than one of base.",
    "1 of 4 runs did not finish (other, seed 1: failed: full disk). All numbers are of the others, and differences of the seeds that both variants have finished.",
  ]);
});
