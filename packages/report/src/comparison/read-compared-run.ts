import path from "node:path";
import { isDeepStrictEqual } from "node:util";

import {
  counted,
  findRunRecord,
  type KeptEvaluation,
  keptScores,
  percent,
  probeDefaults,
  readKeptEvaluations,
} from "@tssl/core/internal";
import { metricsFileOf, readMetrics, readOutcome, type RunRecord } from "@tssl/core/run";

import { fineTuneName, svmName } from "../report/kept-results.ts";
import { type ComparedRun, EVALUATED, type LearningCurve } from "./comparison.ts";

/**
 * Reads the results and costs of a run for a comparison: the last kNN accuracy, linear top-1 where it was
 * evaluated by its defaults, other evaluations of the last checkpoint by what they are, means over the last
 * epoch of the loss and of everything that plugins log, time, speed and memory. Besides them the curves of
 * kNN accuracy and loss, and where and how the run was trained.
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
  const last = outcome.evaluations.at(-1)?.accuracy;
  const knn = Number.isFinite(last) ? last : undefined;
  const { evaluations } = await readKeptEvaluations(runFolder);
  const { lastEpoch, loss } = await readLog(metricsFileOf(runFolder));
  const record = await findRunRecord(runFolder);
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
      ...lastEpoch,
      seconds: outcome.seconds,
      ...(outcome.imagesPerSecond === null ? {} : { imagesPerSecond: outcome.imagesPerSecond }),
      peakMemoryBytes: outcome.peakMemoryBytes,
    },
    curves: {
      ...(knn === undefined
        ? {}
        : { knn: curveOf(outcome.evaluations.map(({ accuracy, ...at }) => ({ ...at, value: accuracy }))) }),
      ...(loss.length === 0 ? {} : { loss: curveOf(loss) }),
    },
    ...(record === undefined ? {} : howTrained(record)),
  };
}

/** What of a run's record decides whether its numbers compare with those of another. */
const howTrained = ({ environment, history }: RunRecord): Pick<ComparedRun, "changes" | "environment"> => ({
  ...(history.changes.length === 0 ? {} : { changes: history.changes.flatMap(({ changes }) => changes) }),
  environment: Object.fromEntries(
    Object.entries(environment).filter(([name]) => MACHINE_AND_VERSIONS.includes(name)),
  ),
});

/** The names in a record's environment that the config does not decide. */
const MACHINE_AND_VERSIONS = ["tssl", "TensorFlow", "device name", "cores", "tfjs", "Node.js", "system"];

interface CurvePoint {
  readonly step: number;
  readonly epoch: number;
  readonly value: number;
}

/** More points of a curve than this cannot be seen. */
const MOST_POINTS = 1000;

/** A curve of its first and last point, and of every second, third, … between them where there are many. */
function curveOf(all: readonly CurvePoint[]): LearningCurve {
  const stride = Math.ceil(all.length / MOST_POINTS);
  const points = all.filter((_, i) => i % stride === 0 || i === all.length - 1);
  return {
    steps: points.map(({ step }) => step),
    epochs: points.map(({ epoch }) => epoch),
    values: points.map(({ value }) => value),
  };
}

/**
 * Accuracies by the quantity's name: "linear" for a probe by its defaults on the run's own images; any other
 * by its settings and images, so that only equal evaluations are compared.
 */
function keptQuantities(evaluations: readonly KeptEvaluation[], seed: number): Record<string, number> {
  return Object.fromEntries(
    evaluations.flatMap((evaluation) =>
      keptScores(evaluation).map(({ score }, i) => [quantityOf(evaluation, i, seed), score] as const),
    ),
  );
}

function quantityOf(evaluation: KeptEvaluation, place: number, seed: number): string {
  const { ofRun, train, test } = evaluation.data;
  const images = ofRun ? "" : `, ${train}, ${test}`;
  if (evaluation.kind === "knn") {
    const { k, temperature } = evaluation.settings;
    return `${EVALUATED}kNN, k ${k}, temperature ${temperature}${images}`;
  }
  if (evaluation.kind === "svm") {
    return `${EVALUATED}${svmName(evaluation, place, evaluation.settings.seed !== seed)}${images}`;
  }
  if (evaluation.kind === "finetune") {
    return `${EVALUATED}${fineTuneName(evaluation, place, evaluation.settings.seed !== seed)}${images}`;
  }
  const { seed: own, ...how } = evaluation.settings;
  const { fraction, layer } = evaluation.results[place]!;
  const isUsual = layer === undefined && fraction === 1 && isDeepStrictEqual(how, probeDefaults);
  if (ofRun && own === seed && isUsual) return "linear";
  const rates = how.learningRates.join(" or ");
  const protocol = how.protocol === undefined ? "" : `protocol ${how.protocol}, `;
  const ofLayer = layer === undefined ? "" : `layer ${layer}, `;
  const shares = `${protocol}${ofLayer}${percent(fraction)} of the labels${how.augment ? ", augmented images" : ""}`;
  return (
    `${EVALUATED}linear probe, ${shares}, ${counted(how.epochs, "epoch")}, batch ${how.batchSize}, ` +
    `schedule ${how.schedule}, learning rate ` +
    `${rates}${own === seed ? "" : `, seed ${own}`}${images}`
  );
}

interface Log {
  /** Means over the steps of the last epoch, of the loss and of what plugins log. */
  readonly lastEpoch: Readonly<Record<string, number>>;
  /** The mean loss of each epoch, at its end. */
  readonly loss: readonly CurvePoint[];
}

/**
 * Reads the means over epochs: a single step's numbers are those of one batch. A run that has finished ends
 * with a whole epoch.
 */
async function readLog(metricsFile: string): Promise<Log> {
  const sums = new Map<string, { sum: number; count: number }>();
  const loss: CurvePoint[] = [];
  let current = 0;
  let lastStep = 0;
  const means = () => Object.fromEntries([...sums].map(([name, { sum, count }]) => [name, sum / count]));
  const endEpoch = () => {
    const { loss: mean } = means();
    if (mean !== undefined) loss.push({ step: lastStep, epoch: current, value: mean });
  };
  for await (const { step, epoch, values } of readMetrics(metricsFile)) {
    const number = Math.ceil(epoch - 1e-9);
    if (number > current) {
      endEpoch();
      sums.clear();
      current = number;
    }
    lastStep = step;
    for (const [name, value] of Object.entries(values)) {
      if (name !== "loss" && !name.includes("/")) continue;
      const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
      sums.set(name, { sum: sum + value, count: count + 1 });
    }
  }
  endEpoch();
  return { lastEpoch: means(), loss };
}
