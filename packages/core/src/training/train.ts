import { createViewLoader } from "@tssl/augment-zoo";
import type { EngineInfo } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

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
import type { RunFolder } from "../run/run-folder.ts";
import { TSSL_VERSION } from "../version.ts";
import { epochSteps, freeParts } from "./batches.ts";
import type { RunObserver, RunOutcome } from "./observer.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { readScalars } from "./step.ts";

export interface TrainingInput {
  readonly config: RunConfig;
  readonly run: PreparedRun;
  readonly train: ImageFolder;
  /** Absent where there are no labels to check against. */
  readonly knnData?: KnnData;
  readonly folder: RunFolder;
  readonly engine: EngineInfo;
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

/** Steps over which the speed shown is averaged. */
const SPEED_WINDOW = 20;

/**
 * Trains: for each epoch, for each batch, one step; evaluation and checkpoints in between.
 *
 * Everything that a run depends on is in the config, the data and the seed. Errors in the middle of a run (a corrupt image, a full
 * disk) end it as "failed" with the state of the last whole step saved.
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  const { config, run, train: images, knnData, folder, engine, observers, signal } = input;
  const { settings } = config;
  const { facts, store, network } = run;

  const tell = async <K extends keyof RunObserver>(
    event: K,
    value: Parameters<NonNullable<RunObserver[K]>>[0],
  ) => {
    for (const observer of observers)
      await (observer[event] as ((value: unknown) => void | Promise<void>) | undefined)?.(value);
  };

  const evaluations: KnnEvaluation[] = [];
  const seconds = { dataWait: 0, step: 0, evaluation: 0 };
  const latest: { features?: ExtractedFeatures; metrics: Record<string, number> } = { metrics: {} };
  const saved: string[] = [];
  let stepsDone = 0;

  const evaluate = async (): Promise<ExtractedFeatures | undefined> => {
    if (knnData === undefined) return undefined;
    const started = performance.now();
    const features = await extractBoth(network, knnData);
    const result = await classify(features, knnData, settings.evaluation);
    const epoch = stepsDone / facts.stepsPerEpoch;
    evaluations.push({ step: stepsDone, epoch, result });
    await folder.appendMetrics({ step: stepsDone, epoch, values: { knn: result.accuracy } });
    seconds.evaluation += (performance.now() - started) / 1000;
    await tell("onEvaluation", evaluations.at(-1)!);
    latest.features = features;
    return features;
  };

  const checkpoint = async (): Promise<void> => {
    const name = `step-${String(stepsDone).padStart(7, "0")}`;
    if (saved.at(-1) === name) return;
    await saveCheckpoint(folder.checkpoints, name, store, {
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

  await tell("onStart", {
    config,
    facts,
    engine,
    folder: folder.path,
    parameters: store.trained().reduce((sum, { variable }) => sum + variable.size, 0),
    views: Object.keys(run.views),
  });

  const loader = createViewLoader({
    files: images.files,
    views: Object.fromEntries(Object.entries(run.views).map(([name, { recipe }]) => [name, recipe])),
    seed: settings.seed,
    batchSize: facts.microBatchSize,
    cacheMegabytes: settings.data.cacheMegabytes,
    ...(settings.data.workers === null ? {} : { workers: settings.data.workers }),
  });
  const started = performance.now();
  const recent: number[] = [];
  let status: RunOutcome["status"] = "finished";
  let reason: string | undefined;
  let untrained: ExtractedFeatures | undefined;

  try {
    untrained = await evaluate();
    epochs: for (let epoch = 0; epoch < settings.epochs; epoch++) {
      let waitFrom = performance.now();
      for await (const parts of epochSteps(
        { loader, facts, inputs: run.board.inputs, statistics: settings.data, seed: settings.seed },
        epoch,
      )) {
        const stepFrom = performance.now();
        const rate = run.learningRate(stepsDone, facts.totalSteps);
        const learningRate = tf.scalar(rate);
        const scalars = run.step(parts, learningRate);
        freeParts(parts);
        learningRate.dispose();
        const values: Record<string, number> = { ...(await readScalars(scalars)), lr: rate };
        stepsDone++;
        const stepTo = performance.now();
        seconds.dataWait += (stepFrom - waitFrom) / 1000;
        seconds.step += (stepTo - stepFrom) / 1000;
        recent.push((stepTo - waitFrom) / 1000);
        if (recent.length > SPEED_WINDOW) recent.shift();
        const secondsPerStep = recent.reduce((sum, s) => sum + s, 0) / recent.length;
        const imagesPerSecond = facts.batchSize / secondsPerStep;

        latest.metrics = values;
        const row = {
          step: stepsDone,
          epoch: stepsDone / facts.stepsPerEpoch,
          values: { ...values, imagesPerSecond },
        };
        await folder.appendMetrics(row);
        const secondsLeft = secondsPerStep * (facts.totalSteps - stepsDone);
        await tell("onStep", { ...row, totalSteps: facts.totalSteps, imagesPerSecond, secondsLeft });
        if (!Number.isFinite(values["loss"])) throw lossNotFinite(stepsDone, values);
        if (signal?.aborted === true) {
          status = "interrupted";
          reason = "stopped by the user";
          break epochs;
        }
        waitFrom = performance.now();
      }
      const last = epoch === settings.epochs - 1;
      if (last || (epoch + 1) % settings.evaluation.everyEpochs === 0) await evaluate();
      if (last || (epoch + 1) % settings.checkpoint.everyEpochs === 0) await checkpoint();
    }
    if (status === "interrupted") await checkpoint();
  } catch (error) {
    status = "failed";
    reason = messageOf(error);
    // The state is that of the last whole step; a second failure (a full disk) must not hide the first.
    if (Number.isFinite(latest.metrics["loss"] ?? 0)) await checkpoint().catch(() => undefined);
  } finally {
    await loader.close();
  }

  const outcome: RunOutcome = {
    status,
    ...(reason === undefined ? {} : { reason }),
    steps: stepsDone,
    seconds: (performance.now() - started) / 1000,
    imagesPerSecond: (stepsDone * facts.batchSize) / (seconds.step + seconds.dataWait),
    timeShares: seconds,
    evaluations,
    folder: folder.path,
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
