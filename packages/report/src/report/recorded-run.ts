import { stat } from "node:fs/promises";
import { hostname } from "node:os";

import type { ReferenceLevel } from "../browser/page-data.ts";
import { changedFrom, undecodedImages, WHY } from "../messages/notes.ts";
import { PROCESS_GONE } from "../messages/progress.ts";
import {
  bottleneckOf,
  inShell,
  type KeptEvaluations,
  readConfigText,
  readKeptEvaluations,
  titleIn,
} from "@tssl/core/internal";
import {
  classBalance,
  configFileOf,
  metricsFileOf,
  readMetrics,
  readOutcome,
  readRunRecord,
  runHealth,
  type RunHealth,
  type RunHistory,
  type RunRecord,
  type SavedOutcome,
} from "@tssl/core/run";

import { expectedStanding, findExpectation, type RunExpectation } from "./expected-standing.ts";
import { type KeptAccuracy, keptAccuracies } from "./kept-results.ts";
import { type MetricsDigest, openDigest } from "./metrics-digest.ts";
import type { KnnResults, NextCommand, ReportData } from "./report-data.ts";

/** The files of a run folder that its page is made from. */
export interface RecordedRun {
  readonly folder: string;
  /** The text of config.yaml. */
  readonly config: string;
  readonly record: RunRecord;
  readonly metrics: MetricsDigest;
  /** When the last row was written; ISO 8601. */
  readonly metricsAt: string;
  /** What `tssl evaluate` measured of it. */
  readonly kept: KeptEvaluations;
  /** The curve that runs of its preset have; absent where none was measured. */
  readonly expected?: RunExpectation;
  /** Absent while the run goes on, and where it was killed. */
  readonly outcome?: Pick<SavedOutcome, "status" | "reason" | "seconds">;
}

/** Makes a digest of all that a run has logged so far. */
export async function readDigest(folder: string): Promise<MetricsDigest> {
  const open = openDigest();
  for await (const row of readMetrics(metricsFileOf(folder))) open.add(row);
  return open.digest();
}

/**
 * Reads a run folder, at any time.
 *
 * @param metrics what it has logged, from a reader that may know most of it already.
 * @throws {TsslError} RUN_FOLDER if there is no run, or none that has started.
 */
export async function readRecordedRun(
  folder: string,
  metrics: () => Promise<MetricsDigest> = () => readDigest(folder),
): Promise<RecordedRun> {
  const record = await readRunRecord(folder);
  const outcome = await readOutcome(folder);
  const config = await readConfigText(folder);
  const expected = await findExpectation(folder, config, record);
  const logged = await metrics();
  const written = await stat(metricsFileOf(folder)).catch(() => undefined); // without rows there may be none
  return {
    folder,
    config,
    record,
    metrics: logged,
    kept: await readKeptEvaluations(folder),
    metricsAt: written?.mtime.toISOString() ?? record.savedAt,
    ...(expected === undefined ? {} : { expected }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** The data of a run's page, without its pictures. */
export function recordedRunData(run: RecordedRun): ReportData & { readonly health: RunHealth } {
  const { config, record, metrics, outcome } = run;
  const { history } = record;
  const settings = titleIn(config, configFileOf(run.folder));
  const status = outcome?.status ?? (isAlive(record) ? "running" : "interrupted");
  const reason = outcome === undefined && status === "interrupted" ? PROCESS_GONE : outcome?.reason;
  const { step } = metrics;
  const { classes, images, notes } = record.data;
  const knn = knnResults(run);
  const evaluations = keptAccuracies(run.kept.evaluations);
  const speed = imagesPerSecond(history, settings.batchSize);
  const bottleneck = bottleneckOf(
    history.clock,
    history.loader,
    settings.batchSize,
    Number(record.environment["cores"]),
  );
  const recent = metrics.curves.find(({ name }) => name === "imagesPerSecond")?.latest;
  return {
    title: settings.name,
    status,
    ...(reason === undefined ? {} : { statusReason: reason }),
    startedAt: history.startedAt,
    durationSeconds: outcome?.seconds ?? history.seconds + secondsBetween(record.savedAt, run.metricsAt),
    plugins: record.plugins,
    device: String(record.environment["device"]).toUpperCase(),
    data: { images, ...(classes.length > 0 ? { classes: classes.length } : {}) },
    epochs: { done: step / record.stepsPerEpoch, planned: settings.epochs },
    ...(Number.isFinite(speed) ? { imagesPerSecond: speed } : {}),
    ...(status === "running" && recent !== undefined
      ? { secondsLeft: ((record.totalSteps - step) * settings.batchSize) / recent }
      : {}),
    metrics,
    references: {
      ...chanceReferences(history.chanceLevels),
      "embedding/spread": { value: 1, label: "spread evenly" },
    },
    ...(knn === undefined ? {} : { knn }),
    ...(evaluations.length === 0 ? {} : { evaluations }),
    ...(run.expected === undefined ? {} : { expected: expectedStanding(run.expected, metrics) }),
    health: runHealth({ rows: metrics.healthRows, totalSteps: record.totalSteps, ...history }),
    notes: [...notes, ...planNotes(history), ...historyNotes(history), ...run.kept.problems],
    timeShares: { ...history.clock.shares, evaluation: history.evaluationSeconds },
    ...(bottleneck === undefined ? {} : { bottleneck }),
    config,
    ...(record.options === undefined ? {} : { options: record.options }),
    environment: record.environment,
    ...(history.command === undefined ? {} : { reproduce: history.command }),
    next: nextCommands(status, run.folder, {
      labelled: knn !== undefined,
      done: evaluations.flatMap((each) => (each.step === step ? [each.kind] : [])),
    }),
  };
}

/** On another machine nothing is known of the process; the run is then taken to go on. */
function isAlive({ process: { pid, host } }: RunRecord): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

/** NaN until a step has been timed. */
const imagesPerSecond = ({ clock: { shares, steps } }: RunHistory, batchSize: number): number =>
  (batchSize * steps) / (shares.step + shares.dataWait);

function nextCommands(
  status: ReportData["status"],
  folder: string,
  { labelled, done }: { readonly labelled: boolean; readonly done: readonly KeptAccuracy["kind"][] },
): readonly NextCommand[] {
  const images = "--train <labelled images> --test <labelled images>";
  const run = inShell(folder);
  const evaluate = (
    [
      {
        kind: "linear",
        command: `tssl evaluate linear ${run}${labelled ? "" : ` ${images}`}`,
        why: WHY.evaluateLinear,
      },
      {
        kind: "knn",
        command: `tssl evaluate knn ${run} ${labelled ? "--test ./other-images" : images}`,
        why: WHY.evaluateKnn,
      },
    ] as const
  ).filter(({ kind }) => !done.includes(kind));
  switch (status) {
    case "running":
      return [{ command: `tssl watch ${run}`, why: WHY.watch }];
    case "failed":
    case "interrupted":
      return [{ command: `tssl train --resume ${run}`, why: WHY.resume }];
    case "finished":
      return evaluate.map(({ command, why }) => ({ command, why }));
  }
}

const planNotes = ({ plan = [] }: RunHistory): readonly string[] => plan.map(({ sentence }) => sentence);

const historyNotes = ({ corruptFiles, changes }: RunHistory): readonly string[] => [
  ...(corruptFiles.length === 0 ? [] : [undecodedImages(corruptFiles)]),
  ...changes.map(({ step, changes: texts }) => changedFrom(step, texts)),
];

const chanceReferences = (levels: Readonly<Record<string, number>>): Record<string, ReferenceLevel> =>
  Object.fromEntries(
    Object.entries(levels).map(([name, value]) => [
      name,
      { value, label: `chance: ${value.toFixed(2)} nats` },
    ]),
  );

function knnResults({ record, metrics }: RecordedRun): KnnResults | undefined {
  const measured = record.data.evaluation;
  const points = metrics.knn;
  if (measured === undefined || points.length === 0) return undefined;
  const { classes, testImages, k } = measured;
  const { untrained, latest } = record.history;
  return {
    k,
    ...(points[0]!.step === 0 ? { untrained: points[0]!.accuracy } : {}),
    ...balanceOf(latest, classes.length),
    testImages,
    points,
    ...(latest === undefined
      ? {}
      : {
          perClass: classes.flatMap((label, i) => {
            const accuracy = recall(latest.confusion, i);
            if (accuracy === undefined) return []; // no test image is of this class
            const before = untrained === undefined ? undefined : recall(untrained.confusion, i);
            return [{ label, ...(before === undefined ? {} : { untrained: before }), accuracy }];
          }),
          confusion: { labels: classes, counts: latest.confusion },
        }),
  };
}

/** What guessing reaches, and the balanced accuracy where classes differ in size. */
function balanceOf(
  latest: RunHistory["latest"],
  classes: number,
): Required<Pick<KnnResults, "chance">> & Pick<KnnResults, "balanced"> {
  if (latest === undefined) return { chance: 1 / classes };
  const { balancedAccuracy, largestClass } = classBalance(latest.confusion);
  const images = latest.confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const sizes = new Set(images.filter((count) => count > 0));
  return { chance: largestClass, ...(sizes.size === 1 ? {} : { balanced: balancedAccuracy }) };
}

/** The share of a class's own images that were classified right; undefined where there are none. */
function recall(confusion: readonly (readonly number[])[], label: number): number | undefined {
  const row = confusion[label]!;
  const total = row.reduce((sum, count) => sum + count, 0);
  return total === 0 ? undefined : row[label]! / total;
}
