import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { RunForecast } from "@tssl/core/run";
import { CARDS } from "@tssl/engine";
import { afterAll, describe, expect, it } from "vitest";

import { tsslIn } from "../built-program.test.data.ts";

// Compiles for six GPUs that are not here: about a minute each, and a download of 135 MB at the first time.

const CONFIG = `data: { train: ./not-there }
imageSize: 32
epochs: 1
batchSize: 256
encoder: { use: resnet20 }
plugins: [{ use: moco, queueSize: 4096, dim: 128 }, { use: clsa, strongSizes: [32] }]
optimizer: { use: sgd, lr: 0.03 }
`;
const TABLE = new URL("../../fixtures/memory-on-cards.json", import.meta.url);
/** Bytes at the peak of a step of CONFIG, by card and precision. `TSSL_NEW_TABLE=1` writes it anew. */
type Table = Record<string, Record<string, number>>;

const folder = mkdtempSync(path.join(tmpdir(), "tssl-card-"));
writeFileSync(path.join(folder, "config.yaml"), CONFIG);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const forecast = (card: string, ...more: string[]): RunForecast => {
  const { code, out, err } = tsslIn(folder, [
    "inspect",
    "graph",
    "config.yaml",
    "--card",
    card,
    "--json",
    ...more,
  ]);
  expect([code, err]).toEqual([0, expect.stringMatching(/^(Downloading|Unpacking| {2}|$)/)]);
  return JSON.parse(out) as RunForecast;
};

describe("tssl inspect graph --card", { timeout: 600_000 }, () => {
  it.each(
    Object.keys(CARDS).flatMap((card) =>
      ["float32", "bfloat16"].map((precision) => [card, precision] as const),
    ),
  )("a step takes no more memory on %s in %s than it did", (card, precision) => {
    const { memory, fits, cardMemory } = forecast(card, "--set", `engine.precision=${precision}`);
    expect([fits, cardMemory > memory.peak]).toEqual([true, true]);
    const table = JSON.parse(readFileSync(TABLE, "utf8")) as Table;
    if (process.env["TSSL_NEW_TABLE"]) {
      (table[card] ??= {})[precision] = memory.peak;
      writeFileSync(TABLE, `${JSON.stringify(table, undefined, 2)}\n`);
      return;
    }
    expect(memory.peak / table[card]![precision]!).toBeLessThan(1.05);
    expect(memory.peak / table[card]![precision]!).toBeGreaterThan(0.8);
  });

  it("finds the batch that is about the largest", () => {
    const { largestBatch, cardMemory } = forecast("rtx2080ti");
    const most = Math.floor(largestBatch! / 128) * 128;
    const { memory, fits } = forecast("rtx2080ti", "--set", `batchSize=${most}`);
    expect(fits).toBe(true);
    expect(memory.peak / cardMemory).toBeGreaterThan(0.8);
  });
});
