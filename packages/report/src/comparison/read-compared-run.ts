import { readFile } from "node:fs/promises";
import path from "node:path";
import { type LinearResult, metricsFileOf, type MetricsRow, readMetrics, readOutcome } from "@tssl/core/run";

import type { ComparedRun } from "./comparison.ts";

/**
 * The file of a run's linear evaluation with the default settings. Its linear.json may have other settings.
 */
export const COMPARED_LINEAR = "compared-linear.json";

/**
 * Reads the results and costs of a run for a comparison: the last kNN accuracy, linear top-1 where it was
 * evaluated, means over the last epoch of the loss and of everything that plugins log, time, speed and
 * memory.
 *
 * @param folder of the comparison.
 * @param run folder of the run, from there.
 */
export async function readComparedRun(folder: string, run: string, seed: number): Promise<ComparedRun> {
  const runFolder = path.join(folder, run);
  const outcome = await readOutcome(runFolder);
  if (outcome === undefined) return { seed, folder: run, status: "not run", measured: {} };
  const { status, reason } = outcome;
  if (status !== "finished") {
    return { seed, folder: run, status, ...(reason === undefined ? {} : { reason }), measured: {} };
  }
  const knn = outcome.evaluations.at(-1)?.accuracy;
  const linear = await linearTop1(runFolder);
  return {
    seed,
    folder: run,
    status,
    measured: {
      ...(knn === undefined ? {} : { knn }),
      ...(linear === undefined ? {} : { linear }),
      ...lastEpoch(await readMetrics(metricsFileOf(runFolder))),
      seconds: outcome.seconds,
      ...(outcome.imagesPerSecond === null ? {} : { imagesPerSecond: outcome.imagesPerSecond }),
      peakMemoryBytes: outcome.peakMemoryBytes,
    },
  };
}

/** Undefined where no linear probe was trained. */
async function linearTop1(runFolder: string): Promise<number | undefined> {
  const text = await readFile(path.join(runFolder, COMPARED_LINEAR), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { results } = JSON.parse(text) as { results: readonly LinearResult[] };
  return results[0]?.top1;
}

/** Means over the steps of the last epoch: a single step's numbers are those of one batch. */
function lastEpoch(rows: readonly MetricsRow[]): Record<string, number> {
  const end = Math.max(...rows.map(({ epoch }) => epoch));
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { epoch, values } of rows) {
    if (epoch <= end - 1 + 1e-9) continue;
    for (const [name, value] of Object.entries(values)) {
      if (name !== "loss" && !name.includes("/")) continue;
      const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
      sums.set(name, { sum: sum + value, count: count + 1 });
    }
  }
  return Object.fromEntries([...sums].map(([name, { sum, count }]) => [name, sum / count]));
}
