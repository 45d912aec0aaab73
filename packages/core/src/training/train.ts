import { createViewLoader } from "@tssl/augment-zoo";
import type { ChosenMode, EngineInfo, Precision } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import type { ImageFolder } from "../data/image-folder.ts";
import { messageOf, TsslError } from "../errors.ts";
import {
  classify,
  extractBoth,
  type ExtractedFeatures,
  type KnnData,
  type KnnEvaluation,
} from "../evaluation/evaluate-knn.ts";
import { removeCheckpoint, saveCheckpoint } from "../run/checkpoint.ts";
import type { MetricsRow, RunFolder } from "../run/run-folder.ts";
import { TSSL_VERSION } from "../version.ts";
import { epochSteps, slotsNeeded } from "./batches.ts";
import { compileRun, type LoadedStep } from "./compile-run.ts";
import type { RunObserver, RunOutcome } from "./observer.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { createStepClock } from "./step-clock.ts";

export interface TrainingInput {
  readonly config: RunConfig;
  readonly run: PreparedRun;
  readonly train: ImageFolder;
  /** Absent where there are no labels to check against. */
  readonly knnData?: KnnData;
  readonly folder: RunFolder;
  readonly engine: EngineInfo;
  readonly mode: ChosenMode;
  readonly precision: Precision;
  readonly observers: readonly RunObserver[];
  /** Aborting it ends the run after the step that is under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** What is left of a run besides its folder. */
export interface TrainingResult {
  readonly outcome: RunOutcome;
  /** Features of the untrained encoder and of the last one, where there are labels. */
  readonly features?: { readonly untrained: ExtractedFeatures; readonly trained: ExtractedFeatures };
}

/**
 * Trains: for each epoch, for each batch, one step; evaluation and checkpoints in between.
 *
 * Everything that a run depends on is in the config, the data and the seed. Errors in the middle of a run (a corrupt image, a full
 * disk) end it as "failed" with the state of the last whole step saved.
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  const { config, run, train: images, knnData, folder, engine, mode, precision, observers, signal } = input;
  const { settings } = config;
  const { facts, store, network } = run;

  const tell = async <K extends keyof RunObserver>(
    event: K,
    value: Parameters<NonNullable<RunObserver[K]>>[0],
  ) => {
    for (const observer of observers)
      await (observer[event] as ((value: unknown) => void | Promise<void>) | undefined)?.(value);
  };

  const clock = createStepClock();
  let compiledNow = false;
  const compiled = compileRun(run, {
    mode: mode.mode,
    precision,
    statistics: settings.data,
    onNotice(notice) {
      compiledNow ||= notice.kind === "compiled";
      for (const observer of observers) observer.onCompile?.(notice);
    },
  });

  const evaluations: KnnEvaluation[] = [];
  const latest: { features?: ExtractedFeatures; metrics: Record<string, number> } = { metrics: {} };
  const saved: string[] = [];
  let evaluationSeconds = 0;
  let stepsDone = 0;

  const evaluate = async (): Promise<ExtractedFeatures | undefined> => {
    if (knnData === undefined) return undefined;
    const started = performance.now();
    const features = await extractBoth(compiled.features, knnData);
    const result = await classify(features, knnData, settings.evaluation);
    const epoch = stepsDone / facts.stepsPerEpoch;
    evaluations.push({ step: stepsDone, epoch, result });
    await folder.appendMetrics({ step: stepsDone, epoch, values: { knn: result.accuracy } });
    evaluationSeconds += (performance.now() - started) / 1000;
    await tell("onEvaluation", evaluations.at(-1)!);
    latest.features = features;
    return features;
  };

  const checkpoint = async (): Promise<void> => {
    const name = `step-${String(stepsDone).padStart(7, "0")}`;
    if (saved.at(-1) === name) return;
    await saveCheckpoint(folder.checkpoints, name, compiled.state, {
      step: stepsDone,
      epoch: stepsDone / facts.stepsPerEpoch,
      network: network.name,
      metrics: latest.metrics,
      tsslVersion: TSSL_VERSION,
      savedAt: new Date().toISOString(),
    });
    saved.push(name);
    while (saved.length > settings.checkpoint.keep)
      await removeCheckpoint(folder.checkpoints, saved.shift()!);
    await tell("onCheckpoint", name);
  };

  /** The step under way: at most one, so that the state is always that of a whole step once this is done. */
  let running: { readonly scalars: Promise<Record<string, number>>; readonly lr: number } | undefined;

  const begin = (step: LoadedStep, lr: number): void => {
    compiledNow = false;
    clock.begin();
    running = { scalars: step.run(), lr };
    running.scalars.catch(() => {}); // met by `end`
  };

  /** Waits for the step under way and takes its row of metrics; undefined where none was. */
  const end = async (): Promise<MetricsRow | undefined> => {
    if (running === undefined) return undefined;
    const { scalars, lr } = running;
    running = undefined;
    latest.metrics = { ...(await scalars), lr };
    clock.end(compiledNow);
    stepsDone++;
    if (!Number.isFinite(latest.metrics["loss"])) throw lossNotFinite(stepsDone, latest.metrics);
    return { step: stepsDone, epoch: stepsDone / facts.stepsPerEpoch, values: latest.metrics };
  };

  const report = async (row: MetricsRow | undefined): Promise<void> => {
    if (row === undefined) return;
    const secondsPerStep = clock.secondsPerStep();
    const imagesPerSecond = facts.batchSize / secondsPerStep;
    const secondsLeft = secondsPerStep * (facts.totalSteps - row.step);
    const timed = Number.isFinite(imagesPerSecond) ? { imagesPerSecond } : {};
    await folder.appendMetrics({ ...row, values: { ...row.values, ...timed } });
    await tell("onStep", { ...row, totalSteps: facts.totalSteps, imagesPerSecond, secondsLeft });
  };

  await tell("onStart", {
    config,
    facts,
    engine,
    mode,
    precision,
    folder: folder.path,
    parameters: store.trained().reduce((sum, { variable }) => sum + variable.size, 0),
    views: Object.keys(run.views),
  });

  const loader = createViewLoader({
    files: images.files,
    views: Object.fromEntries(Object.entries(run.views).map(([name, { recipe }]) => [name, recipe])),
    seed: settings.seed,
    batchSize: facts.microBatchSize,
    slots: slotsNeeded(facts),
    cacheMegabytes: settings.data.cacheMegabytes,
    decode: settings.data.decode,
    maxCorruptShare: settings.data.maxCorruptShare,
    ...(settings.data.workers === null ? {} : { workers: settings.data.workers }),
  });
  const source = { loader, facts, inputs: run.board.inputs, seed: settings.seed };
  const started = performance.now();
  let status: RunOutcome["status"] = "finished";
  let reason: string | undefined;
  let untrained: ExtractedFeatures | undefined;

  try {
    untrained = await evaluate();
    for (let epoch = 0; epoch < settings.epochs && status === "finished"; epoch++) {
      clock.resume();
      for await (const batch of epochSteps(source, epoch)) {
        const lr = run.learningRate(stepsDone + (running === undefined ? 0 : 1), facts.totalSteps);
        const next = compiled.load(batch.parts, lr);
        batch.release();
        const row = await end();
        if (signal?.aborted === true) status = "interrupted";
        else begin(next, lr);
        await report(row);
        if (status === "interrupted") break;
      }
      await report(await end());
      if (signal?.aborted === true) status = "interrupted";
      const last = epoch === settings.epochs - 1;
      if (status === "interrupted") {
        reason = "stopped by the user";
        await checkpoint();
        break;
      }
      if (last || (epoch + 1) % settings.evaluation.everyEpochs === 0) await evaluate();
      if (last || (epoch + 1) % settings.checkpoint.everyEpochs === 0) await checkpoint();
    }
  } catch (error) {
    status = "failed";
    reason = messageOf(error);
    await end().catch(() => undefined);
    // The state is that of the last whole step; a second failure (a full disk) must not hide the first.
    if (Number.isFinite(latest.metrics["loss"] ?? 0)) await checkpoint().catch(() => undefined);
  } finally {
    await loader.close();
    await compiled.dispose();
  }

  const outcome: RunOutcome = {
    status,
    ...(reason === undefined ? {} : { reason }),
    steps: stepsDone,
    seconds: (performance.now() - started) / 1000,
    imagesPerSecond: facts.batchSize / clock.meanSecondsPerStep(),
    timeShares: { ...clock.shares, evaluation: evaluationSeconds },
    evaluations,
    folder: folder.path,
    ...(loader.corrupt.length === 0 ? {} : { corruptFiles: loader.corrupt.map(({ file }) => file) }),
  };
  const features =
    untrained !== undefined && latest.features !== undefined
      ? { untrained, trained: latest.features }
      : undefined;
  return { outcome, ...(features === undefined ? {} : { features }) };
}

function lossNotFinite(step: number, values: Readonly<Record<string, number>>): TsslError {
  const terms = Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
  return new TsslError(
    "TRAINING_FAILED",
    `The loss is not a number at step ${step} (${terms}). A smaller lr, a warm-up (optimizer.warmupEpochs) or optimizer.clipNorm usually helps.`,
  );
}
