import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { RunForecast } from "@tssl/core/run";
import { afterAll, expect, it } from "vitest";

import { tsslIn } from "../built-program.test.data.ts";

// Compiles for GPUs that are not here: 20 seconds each, and a download of 135 MB at the first time.

const CONFIG = `data: { train: ./not-there }
imageSize: 32
epochs: 1
batchSize: 256
encoder: { use: resnet20 }
plugins: [{ use: moco, queueSize: 4096, dim: 128 }, { use: clsa, strongSizes: [32] }]
optimizer: { use: sgd, lr: 0.03 }
`;
/**
 * Megabytes at the peak of a step of CONFIG, by card and precision, as measured when they were written down.
 */
const table = JSON.parse(
  readFileSync(new URL("../../fixtures/memory-on-cards.json", import.meta.url), "utf8"),
) as Record<string, Record<string, number>>;

const folder = mkdtempSync(path.join(tmpdir(), "tssl-card-"));
writeFileSync(path.join(folder, "config.yaml"), CONFIG);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases = Object.entries(table).flatMap(([card, byPrecision]) =>
  Object.entries(byPrecision).map(([precision, megabytes]) => ({ card, precision, megabytes })),
);

it.each(cases)(
  "a step on $card in $precision takes $megabytes MB, and no more",
  { timeout: 600_000 },
  ({ card, precision, megabytes }) => {
    const { code, out } = tsslIn(folder, [
      ...["inspect", "graph", "config.yaml", "--json", "--card", card],
      ...["--set", `engine.precision=${precision}`],
    ]);
    expect(code).toBe(0);
    const { memory, fits, largestBatch, leastSeconds, flops } = JSON.parse(out) as RunForecast;
    expect(memory.peak / 1e6 / megabytes).toBeLessThan(1.05);
    expect(memory.peak / 1e6 / megabytes).toBeGreaterThan(0.8);
    expect(fits).toBe(true);
    expect(largestBatch).toBeGreaterThan(256);
    expect(flops / leastSeconds).toBeGreaterThan(1e13);
  },
);
