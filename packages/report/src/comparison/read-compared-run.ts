import path from "node:path";
import { isDeepStrictEqual } from "node:util";

import {
  counted,
  type KeptEvaluation,
  percent,
  probeDefaults,
  readKeptEvaluations,
} from "@tssl/core/internal";
import { metricsFileOf, readMetrics, readOutcome } from "@tssl/core/run";

import { type ComparedRun, EVALUATED } from "./comparison.ts";

/**
 * Reads the results and costs of a run for a comparison: the last kNN accuracy, linear top-1 where it was
 * evaluated by its defaults, other evaluations of the last checkpoint by what they are, means over the last
 * epoch of the loss and of everything that plugins log, time, speed and memory.
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
  const { evaluations } = await readKeptEvaluations(runFolder);
  return {
    seed,
    folder: run,
    status,
    measured: {
      ...(knn === undefined ? {} : { knn }),
      ...keptQuantities(
        evaluations.filter(({ step }) => step === outcome.steps),
        seed,
      ),
      ...(await lastEpoch(metricsFileOf(runFolder))),
      seconds: outcome.seconds,
      ...(outcome.imagesPerSecond === null ? {} : { imagesPerSecond: outcome.imagesPerSecond }),
      peakMemoryBytes: outcome.peakMemoryBytes,
    },
  };
}

/**
 * Accuracies by the quantity's name: "linear" for a probe by its defaults on the run's own images; any other
 * by its settings and images, so that only equal evaluations are compared.
 */
function keptQuantities(evaluations: readonly KeptEvaluation[], seed: number): Record<string, number> {
  return Object.fromEntries(
    evaluations.flatMap((evaluation) =>
      evaluation.results.map(({ top1 }, i) => [quantityOf(evaluation, i, seed), top1] as const),
    ),
  );
}

function quantityOf({ kind, settings, data, results }: KeptEvaluation, place: number, seed: number): string {
  const { ofRun, train, test } = data;
  if (kind === "knn") {
    const images = ofRun ? "" : `, ${train}, ${test}`;
    return `${EVALUATED}kNN, k ${settings.k}, temperature ${settings.temperature}${images}`;
  }
  const { seed: own, ...how } = settings;
  const { fraction } = results[place]!;
  if (ofRun && own === seed && fraction === 1 && isDeepStrictEqual(how, probeDefaults)) return "linear";
  const rates = how.learningRates.join(" or ");
  const shares = `${percent(fraction)} of the labels${how.augment ? ", augmented images" : ""}`;
  return (
    `${EVALUATED}linear probe, ${shares}, ${counted(how.epochs, "epoch")}, batch ${how.batchSize}, ` +
    `schedule ${how.schedule}, learning rate ${rates}${own === seed ? "" : `, seed ${own}`}${ofRun ? "" : `, ${train}, ${test}`}`
  );
}

/**
 * Means over the steps of the last epoch: a single step's numbers are those of one batch. A run that has
 * finished ends with a whole epoch.
 */
async function lastEpoch(metricsFile: string): Promise<Record<string, number>> {
  const sums = new Map<string, { sum: number; count: number }>();
  let current = 0;
  for await (const { epoch, values } of readMetrics(metricsFile)) {
    const number = Math.ceil(epoch - 1e-9);
    if (number > current) sums.clear();
    current = number;
    for (const [name, value] of Object.entries(values)) {
      if (name !== "loss" && !name.includes("/")) continue;
      const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
      sums.set(name, { sum: sum + value, count: count + 1 });
    }
  }
  return Object.fromEntries([...sums].map(([name, { sum, count }]) => [name, sum / count]));
}
