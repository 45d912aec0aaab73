import { readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";

import { parse } from "yaml";

import type { ReferenceLevel } from "../browser/page-data.ts";
import * as say from "../messages.ts";
import { bottleneckOf } from "@tssl/core/internal";
import {
  classBalance,
  configFileOf,
  metricsFileOf,
  type MetricsRow,
  readOutcome,
  readRunRecord,
  runHealth,
  type RunHealth,
  type RunHistory,
  type RunRecord,
  type RunSettings,
  type SavedOutcome,
} from "@tssl/core/run";

import type { KnnResults, NextCommand, ReportData } from "./report-data.ts";

/** The files of a run folder that its page is made from. */
export interface RecordedRun {
  readonly folder: string;
  /** The text of config.yaml. */
  readonly config: string;
  readonly record: RunRecord;
  readonly metrics: readonly MetricsRow[];
  /** When the last row was written; ISO 8601. */
  readonly metricsAt: string;
  /** Absent while the run goes on, and where it was killed. */
  readonly outcome?: Pick<SavedOutcome, "status" | "reason" | "seconds">;
}

/**
 * Reads a run folder, at any time.
 *
 * @param rows of metrics.jsonl, from a reader that may know them already.
 * @throws {TsslError} RUN_FOLDER if there is no run, or none that has started.
 */
export async function readRecordedRun(
  folder: string,
  rows: () => Promise<readonly MetricsRow[]>,
): Promise<RecordedRun> {
  const record = await readRunRecord(folder);
  const outcome = await readOutcome(folder);
  const metrics = await rows();
  const written = await stat(metricsFileOf(folder)).catch(() => undefined);
  return {
    folder,
    config: await readFile(configFileOf(folder), "utf8"),
    record,
    metrics,
    metricsAt: written?.mtime.toISOString() ?? record.savedAt,
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** The data of a run's page, without its pictures. */
export function recordedRunData(run: RecordedRun): ReportData & { readonly health: RunHealth } {
  const { config, record, metrics, outcome } = run;
  const { history } = record;
  const settings = parse(config) as RunSettings;
  const status = outcome?.status ?? (isAlive(record) ? "running" : "interrupted");
  const reason = outcome === undefined && status === "interrupted" ? say.PROCESS_GONE : outcome?.reason;
  const step = metrics.at(-1)?.step ?? 0;
  const { classes, images, notes } = record.data;
  const knn = knnResults(run, settings);
  const speed = imagesPerSecond(history, settings.batchSize);
  const bottleneck = bottleneckOf(
    history.clock,
    history.loader,
    settings.batchSize,
    Number(record.environment["cores"]),
  );
  const recent = metrics.findLast(({ values }) => "imagesPerSecond" in values)?.values["imagesPerSecond"];
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
    metrics: metrics.filter(({ values }) => !("knn" in values)), // it has its own chart
    references: {
      ...chanceReferences(history.chanceLevels),
      "embedding/spread": { value: 1, label: "spread evenly" },
    },
    ...(knn === undefined ? {} : { knn }),
    health: runHealth({ rows: metrics, totalSteps: record.totalSteps, ...history }),
    notes: [...notes, ...planNotes(history), ...historyNotes(history)],
    timeShares: { ...history.clock.shares, evaluation: history.evaluationSeconds },
    ...(bottleneck === undefined ? {} : { bottleneck }),
    config,
    ...(record.options === undefined ? {} : { options: record.options }),
    environment: record.environment,
    ...(history.command === undefined ? {} : { reproduce: history.command }),
    next: nextCommands(status, run.folder, knn !== undefined),
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
  labelled: boolean,
): readonly NextCommand[] {
  const evaluate = [
    { command: `tssl evaluate linear ${folder}`, why: say.WHY.evaluateLinear },
    { command: `tssl evaluate knn ${folder} --test ./other-images`, why: say.WHY.evaluateKnn },
  ];
  switch (status) {
    case "running":
      return [{ command: `tssl watch ${folder}`, why: say.WHY.watch }];
    case "failed":
    case "interrupted":
      return [{ command: `tssl train --resume ${folder}`, why: say.WHY.resume }];
    case "finished":
      return labelled ? evaluate : [];
  }
}

const planNotes = ({ plan = [] }: RunHistory): readonly string[] => plan.map(({ sentence }) => sentence);

const historyNotes = ({ corruptFiles, changes }: RunHistory): readonly string[] => [
  ...(corruptFiles.length === 0 ? [] : [say.undecodedImages(corruptFiles)]),
  ...changes.map(({ step, changes: texts }) => say.changedFrom(step, texts)),
];

const chanceReferences = (levels: Readonly<Record<string, number>>): Record<string, ReferenceLevel> =>
  Object.fromEntries(
    Object.entries(levels).map(([name, value]) => [
      name,
      { value, label: `chance: ${value.toFixed(2)} nats` },
    ]),
  );

function knnResults({ record, metrics }: RecordedRun, { evaluation }: RunSettings): KnnResults | undefined {
  const { classes, testImages } = record.data;
  const points = metrics.flatMap(({ step, epoch, values: { knn } }) =>
    knn === undefined ? [] : [{ step, epoch, accuracy: knn }],
  );
  if (testImages === undefined || points.length === 0) return undefined;
  const { untrained, latest } = record.history;
  return {
    k: Math.min(evaluation.k, record.data.images),
    ...(points[0]!.step === 0 ? { untrained: points[0]!.accuracy } : {}),
    ...balanceOf(latest, classes.length),
    testImages,
    points,
    ...(latest === undefined
      ? {}
      : {
          perClass: classes.map((label, i) => ({
            label,
            ...(untrained === undefined ? {} : { untrained: recall(untrained.confusion, i) }),
            accuracy: recall(latest.confusion, i),
          })),
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
  const sizes = new Set(latest.confusion.map((row) => row.reduce((sum, count) => sum + count, 0)));
  return { chance: largestClass, ...(sizes.size === 1 ? {} : { balanced: balancedAccuracy }) };
}

function recall(confusion: readonly (readonly number[])[], label: number): number {
  const row = confusion[label]!;
  const total = row.reduce((sum, count) => sum + count, 0);
  return row[label]! / Math.max(1, total);
}
