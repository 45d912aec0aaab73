import { compareVariants, type ComparedRun } from "@tssl/report";
import { expect, test } from "vitest";

import { comparisonText } from "./comparison-text.ts";

const run = (seed: number, measured: Record<string, number>): ComparedRun => ({
  seed,
  folder: "",
  status: "finished",
  measured,
});

test("a table for each quantity, then what did not finish", () => {
  const comparison = compareVariants(
    [0, 1],
    [
      { name: "base", runs: [run(0, { knn: 0.3, seconds: 60 }), run(1, { knn: 0.32, seconds: 80 })] },
      {
        name: "other",
        runs: [run(0, { knn: 0.4, seconds: 50 }), { ...run(1, {}), status: "failed", reason: "full disk" }],
      },
    ],
  );
  expect(comparisonText(comparison).split("\n").slice(0, 12)).toEqual([
    "kNN accuracy  seed 0  seed 1    mean    std  minus base",
    "base          30.0 %  32.0 %  31.0 %  1.4 %",
    "other         40.0 %       –  40.0 %      –       +10.0",
    "",
    "Time   seed 0      seed 1        mean   std  minus base",
    "base    1 min  1 min 20 s  1 min 10 s  14 s",
    "other    50 s           –        50 s     –       −10 s",
    "",
    "other, seed 1: failed: full disk",
    "",
    "With fewer than 3 seeds there is no interval: whether a difference is more than luck cannot be said.",
  ]);
});
