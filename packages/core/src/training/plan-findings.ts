import { sizeOfView } from "@tssl/augment-zoo";

import type { RunConfig } from "../config/parse-config.ts";
import { runSettingsSchema } from "../config/run-settings-schema.ts";
import type { TypicalSize } from "../data/sides.ts";
import { queueNeverFills } from "../messages/health.ts";
import * as messages from "../messages/lengths.ts";
import type { PhaseMoment } from "../plugins/plugin.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { PlanFinding } from "../run/plan-finding.ts";
import type { Queue } from "../state/queue.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { queueSteps } from "./step-metrics.ts";

/** What options are held against. */
export interface PlannedRun {
  readonly config: Pick<RunConfig, "settings" | "optimizer">;
  /** With its first step recorded, so that queues know how many rows they take. */
  readonly run: Pick<PreparedRun, "facts" | "plugins" | "queues" | "learningRate">;
  /** Labelled images that kNN searches in; absent where it does not run. */
  readonly knnImages?: number;
  /** How large the training images are. */
  readonly typicalSize?: TypicalSize;
}

/**
 * Holds a run's options against its length and the size of its set: what never comes, never fills, or is
 * smaller than it says. Warnings first.
 */
export function planFindings(planned: PlannedRun): readonly PlanFinding[] {
  const found = [
    ...queues(planned),
    ...learningRate(planned),
    ...phasesThatNeverCome(planned.run),
    ...enlarging(planned),
    ...neighbours(planned),
    ...intervals(planned),
    ...remainder(planned.run.facts),
  ];
  return [
    ...found.filter(({ level }) => level === "warning"),
    ...found.filter(({ level }) => level === "note"),
  ];
}

const warning = (about: string, sentence: string): PlanFinding => ({ level: "warning", about, sentence });
const note = (about: string, sentence: string): PlanFinding => ({ level: "note", about, sentence });

function queues({ run }: PlannedRun): PlanFinding[] {
  const { totalSteps, datasetSize } = run.facts;
  const filled = queueSteps(run);
  return Object.entries(run.queues).flatMap(([name, { size }]: [string, Queue]) => [
    ...(filled[name] !== undefined && filled[name] > totalSteps
      ? [warning(name, queueNeverFills([name], filled[name], totalSteps))]
      : []),
    ...(size > datasetSize ? [note(name, messages.queueLargerThanSet(name, size, datasetSize))] : []),
  ]);
}

function learningRate({ config: { settings, optimizer }, run }: PlannedRun): PlanFinding[] {
  const { stepsPerEpoch, totalSteps } = run.facts;
  const { lr, warmupEpochs, schedule, milestones } = optimizer.learning;
  const warmupSteps = Math.round(warmupEpochs * stepsPerEpoch);
  if (warmupSteps >= totalSteps) {
    const reached = run.learningRate(totalSteps - 1, totalSteps);
    const sentence = messages.warmupLongerThanRun(warmupEpochs, settings.epochs, reached, lr);
    return [warning("optimizer.warmupEpochs", sentence)];
  }
  if (schedule !== "steps") return [];
  const beyond = milestones.filter((share) => Math.round(share * totalSteps) >= totalSteps);
  const within = milestones.filter((share) => Math.round(share * totalSteps) < warmupSteps);
  return [
    ...(beyond.length === 0 ? [] : [messages.milestonesBeyondEnd(beyond, totalSteps)]),
    ...(within.length === 0 ? [] : [messages.milestonesWithinWarmup(within, warmupEpochs)]),
  ].map((sentence) => warning("optimizer.milestones", sentence));
}

/** Epochs after the run's end that are searched for phases. */
const EPOCHS_AHEAD = 1000;

function phasesThatNeverCome({ plugins, facts }: PlannedRun["run"]): PlanFinding[] {
  const { stepsPerEpoch, totalSteps } = facts;
  const momentAt = (step: number): PhaseMoment => ({ step, epoch: Math.floor(step / stepsPerEpoch) });
  return plugins.flatMap(({ name, run }) => {
    if (run.phase === undefined) return [];
    const keyAt = (step: number) => run.phase!(momentAt(step)).key;
    const starts = Array.from({ length: totalSteps / stepsPerEpoch }, (_, epoch) => epoch * stepsPerEpoch);
    const met = new Set([...starts, totalSteps - 1].map(keyAt));
    try {
      for (let epoch = 1; epoch <= EPOCHS_AHEAD; epoch++) {
        const end = totalSteps + epoch * stepsPerEpoch;
        if (met.has(keyAt(end - 1))) continue;
        const steps = Array.from({ length: stepsPerEpoch }, (_, i) => end - stepsPerEpoch + i);
        const first = steps.find((step) => !met.has(keyAt(step)))!;
        return [warning(name, messages.phaseNeverComes(name, keyAt(first), momentAt(first), totalSteps))];
      }
    } catch {
      // A plugin need not answer for moments beyond its run.
    }
    return [];
  });
}

/** A user is told where `imageSize` makes the sides of the images so many times as long, or longer. */
const ENLARGED = 2;

/** Tells of small images that are enlarged, as by the default `imageSize`: more work, and no more detail. */
function enlarging({ config: { settings }, typicalSize }: PlannedRun): PlanFinding[] {
  if (typicalSize === undefined) return [];
  const { height, width } = sizeOfView(settings.imageSize);
  const times = (height * width) / (typicalSize.height * typicalSize.width);
  return times < ENLARGED ** 2
    ? []
    : [warning("imageSize", messages.imagesEnlarged(typicalSize, { height, width }, times))];
}

function neighbours({ config: { settings }, knnImages }: PlannedRun): PlanFinding[] {
  const { k } = settings.evaluation;
  return knnImages === undefined || k === null || k <= knnImages
    ? []
    : [note("evaluation.k", messages.moreNeighboursThanImages(k, knnImages))];
}

/** Intervals that a user chose and that are longer than the run. A default need not fit. */
function intervals({ config: { settings }, run }: PlannedRun): PlanFinding[] {
  const { totalSteps } = run.facts;
  const { checkpoint, evaluation, epochs, health } = settings;
  const every = [
    ["checkpoint.everySteps", checkpoint.everySteps, totalSteps, "steps"],
    ["evaluation.everyEpochs", evaluation.everyEpochs, epochs, "epochs"],
    ["health.everySteps", health.everySteps, totalSteps, "steps"],
  ] as const;
  return every.flatMap(([option, interval, length, unit]) =>
    interval === null || interval <= length || interval === defaultOf(option)
      ? []
      : [note(option, messages.intervalLongerThanRun(option, interval, length, unit))],
  );
}

/** The default of an option of a section: "health.everySteps". */
function defaultOf(option: string): unknown {
  const [section, name] = option.split(".") as [string, string];
  type Properties = Readonly<
    Record<string, { readonly properties: Readonly<Record<string, { default?: unknown }>> }>
  >;
  return (runSettingsSchema.properties as unknown as Properties)[section]!.properties[name]!.default;
}

function remainder({ datasetSize, batchSize, stepsPerEpoch }: RunFacts): PlanFinding[] {
  const left = datasetSize - batchSize * stepsPerEpoch;
  if (left === 0) return [];
  return [note("batchSize", messages.imagesLeftOut({ left, datasetSize, batchSize, stepsPerEpoch }))];
}
