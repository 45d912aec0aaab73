import { availableParallelism } from "node:os";

import { decodeImage } from "@tssl/augment-zoo";
import type { EngineInfo } from "@tssl/engine";
import { stringify } from "yaml";

import type { RunConfig } from "../config/parse-config.ts";
import type { RunData } from "../data/open-data.ts";
import type { NeighbourRow } from "../evaluation/neighbour-rows.ts";
import { spread } from "../evaluation/spread.ts";
import { readMetrics } from "../run/metrics-log.ts";
import type { RunOutcome } from "../training/observer.ts";
import type { PreparedRun } from "../training/prepare-run.ts";
import type { EvaluationDetail, RunHistory } from "../training/run-history.ts";
import type { TrainingResult } from "../training/train.ts";
import { TSSL_VERSION } from "../version.ts";
import { encodePng } from "./encode-png.ts";
import type { KnnResults, NeighbourCase, NextCommand, ReferenceLevel, ReportData } from "./report-data.ts";
import { viewGrid } from "./view-grid.ts";

export interface RunReportInput {
  readonly config: RunConfig;
  readonly data: RunData;
  readonly run: PreparedRun;
  readonly engine: EngineInfo;
  readonly result: TrainingResult;
  readonly metricsFile: string;
}

/** How many images the page shows, and how many of each kind beside them. */
const VIEW_ROWS = 6;
const VIEWS_PER_ROLE = 3;

/** Gathers what the report of a run shows; decodes a few images for it. */
export async function runReportData(input: RunReportInput): Promise<ReportData> {
  const { config, data, run, engine, result, metricsFile } = input;
  const { outcome, history } = result;
  const { settings } = config;
  const knn = knnResults(input);
  return {
    title: settings.name,
    status: outcome.status,
    ...(outcome.reason === undefined ? {} : { statusReason: outcome.reason }),
    startedAt: history.startedAt,
    durationSeconds: outcome.seconds,
    plugins: config.plugins.map(({ plugin }) => plugin.name),
    device: engine.device.toUpperCase(),
    data: {
      images: data.train.files.length,
      ...(data.train.classes.length > 0 ? { classes: data.train.classes.length } : {}),
    },
    epochs: { done: outcome.steps / run.facts.stepsPerEpoch, planned: settings.epochs },
    ...(Number.isFinite(outcome.imagesPerSecond) ? { imagesPerSecond: outcome.imagesPerSecond } : {}),
    metrics: (await readMetrics(metricsFile)).filter(({ values }) => !("knn" in values)), // it has its own chart
    references: chanceReferences(history.chanceLevels),
    ...(knn === undefined ? {} : { knn }),
    notes: [...data.notes, ...corruptNote(history.corruptFiles), ...changeNotes(history)],
    views: await viewGrid(data.train, run.views, {
      seed: settings.seed,
      images: spread(data.train.files.length, VIEW_ROWS),
      epochs: Array.from({ length: VIEWS_PER_ROLE }, (_, epoch) => epoch),
    }),
    ...(history.latest === undefined ? {} : { neighbours: await neighbourCases(input, history.latest) }),
    timeShares: outcome.timeShares,
    config: stringify(config.resolved),
    environment: {
      tssl: TSSL_VERSION,
      TensorFlow: engine.tensorflowVersion,
      tfjs: engine.tfjsVersion,
      "Node.js": process.version,
      device: engine.device,
      cores: availableParallelism(),
      seed: settings.seed,
    },
    ...(history.command === undefined ? {} : { reproduce: history.command }),
    next: nextCommands(outcome),
  };
}

function nextCommands({ folder, status }: RunOutcome): readonly NextCommand[] {
  if (status === "failed") return [];
  return [{ command: `tssl evaluate knn ${folder}`, why: "classify other images with the trained encoder" }];
}

const changeNotes = ({ changes }: RunHistory): string[] =>
  changes.map(
    ({ step, changes: texts }) => `From step ${step} on, the run was changed: ${texts.join("; ")}.`,
  );

const chanceReferences = (levels: Readonly<Record<string, number>>): Record<string, ReferenceLevel> =>
  Object.fromEntries(
    Object.entries(levels).map(([name, value]) => [
      name,
      { value, label: `chance: ${value.toFixed(2)} nats` },
    ]),
  );

function knnResults({ config, data, result }: RunReportInput): KnnResults | undefined {
  const { evaluations, untrained, latest } = result.history;
  if (evaluations.length === 0 || data.knnData === undefined) return undefined;
  const labels = data.knnData.test.classes;
  const recall = (confusion: readonly (readonly number[])[], label: number) => {
    const row = confusion[label]!;
    return (
      row[label]! /
      Math.max(
        1,
        row.reduce((sum, count) => sum + count, 0),
      )
    );
  };
  return {
    k: config.settings.evaluation.k,
    ...(evaluations[0]!.step === 0 ? { untrained: evaluations[0]!.accuracy } : {}),
    chance: 1 / labels.length,
    testImages: data.knnData.test.files.length,
    points: evaluations,
    ...(latest === undefined
      ? {}
      : {
          perClass: labels.map((label, i) => ({
            label,
            ...(untrained === undefined ? {} : { untrained: recall(untrained.confusion, i) }),
            accuracy: recall(latest.confusion, i),
          })),
          confusion: { labels, counts: latest.confusion },
        }),
  };
}

async function neighbourCases(
  { data, result }: RunReportInput,
  latest: EvaluationDetail,
): Promise<readonly NeighbourCase[]> {
  const { train, test } = data.knnData!;
  const show = ({ nearest }: NeighbourRow) =>
    Promise.all(
      nearest.map(async ({ index, similarity }) => ({
        png: await encodePng(await decodeImage(train.files[index]!)),
        similarity,
        label: train.classes[train.labels![index]!]!,
      })),
    );
  const before = result.history.untrained?.neighbours;
  return Promise.all(
    latest.neighbours.map(async (row, i) => ({
      png: await encodePng(await decodeImage(test.files[row.image]!)),
      label: test.classes[test.labels![row.image]!]!,
      ...(before === undefined ? {} : { untrained: await show(before[i]!) }),
      trained: await show(row),
    })),
  );
}

function corruptNote(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const named = files.slice(0, 5).join(", ") + (files.length > 5 ? ", …" : "");
  const [noun, possessive] = files.length === 1 ? ["image", "its"] : ["images", "their"];
  return [
    `${files.length} training ${noun} could not be decoded; views of others took ${possessive} place: ${named}.`,
  ];
}
