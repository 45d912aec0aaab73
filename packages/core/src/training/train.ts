import { ImageError } from "@tssl/augment-zoo";
import { type ChosenMode, EngineError, type EngineInfo, type Precision } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import { epochOrder, inBatches } from "../data/epoch-order.ts";
import type { ImageSet } from "../data/image-set.ts";
import { messageOf, TsslError } from "../errors.ts";
import type { KnnData } from "../evaluation/evaluate-knn.ts";
import { watchHealth } from "../health/health-watch.ts";
import type { CheckpointFacts } from "../run/checkpoint.ts";
import { writeFailedStep } from "../run/failed-step.ts";
import { type MetricsRow, readMetrics } from "../metrics/metrics-log.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { mostAhead, stepBatches } from "./batches.ts";
import { bottleneckOf, type LoaderWork } from "../run/bottleneck.ts";
import { createCheckpointing } from "./checkpointing.ts";
import { compileRun, type LoadedProbe, type LoadedStep, type ProbeReading } from "./compile-run.ts";
import { keepTrainingFeatures } from "./feature-map.ts";
import {
  notFinite,
  notFiniteScalars,
  type NotFiniteStep,
  type NotFiniteTensor,
  notFiniteTensors,
} from "../run/not-finite.ts";
import { memoryForecast, tooLarge } from "../run/memory-forecast.ts";
import type { RunObserver, RunOutcome } from "../run/observer.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { createRunEvaluations } from "./run-evaluations.ts";
import type { RunHistory, RunProgress } from "../run/run-history.ts";
import type { createRunLoader } from "./run-loader.ts";
import type { createStepClock } from "../run/step-clock.ts";
import { gradientShares, queueLevels, queueSteps } from "./step-metrics.ts";

export interface TrainingInput {
  readonly config: RunConfig;
  /** Its state is that of `progress`. */
  readonly run: PreparedRun;
  /** Where the run begins or goes on. */
  readonly progress: RunProgress;
  readonly train: ImageSet;
  /** Absent where there are no labels to check against. */
  readonly knnData?: KnnData;
  readonly folder: RunFolder;
  /** What each checkpoint says of the run, whatever the step. */
  readonly checkpointFacts: Pick<CheckpointFacts, "config" | "images" | "versions" | "environment">;
  /** Keeps what a page shows of the run so far: at its start, after the first step, after each epoch, at the end. */
  readonly saveRecord: (history: RunHistory) => Promise<void>;
  readonly engine: EngineInfo;
  readonly mode: ChosenMode;
  readonly precision: Precision;
  readonly observers: readonly RunObserver[];
  /** What a program may bind anew; see services.ts. */
  readonly services: {
    readonly createLoader: typeof createRunLoader;
    readonly createClock: typeof createStepClock;
  };
  /** Aborting it ends the run after the step that is under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** The health of a run is looked at after so many steps, or after each epoch where that is sooner. */
const HEALTH_EVERY = 50;

/** What is left of a run besides its folder. */
export interface TrainingResult {
  readonly outcome: RunOutcome;
  /** Of all its parts. */
  readonly history: RunHistory;
}

/**
 * Trains: for each epoch, for each batch, one step; evaluation and checkpoints in between.
 *
 * Everything that a run depends on is in the config, the data and the seed, so one that goes on from a checkpoint takes the steps that
 * it would have taken. Errors in the middle of a run (a corrupt image) end it as "failed" with the state of the last whole step saved.
 * A full disk does not: the run goes on, and writes when there is room again.
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  const {
    config,
    run,
    progress,
    train: images,
    knnData,
    folder,
    saveRecord,
    engine,
    mode,
    precision,
    observers,
    services,
    signal,
  } = input;
  const { settings } = config;
  const { facts, store, network } = run;
  const earlier = progress.history;

  const tell = async <K extends keyof RunObserver>(
    event: K,
    value: Parameters<NonNullable<RunObserver[K]>>[0],
  ) => {
    for (const observer of observers)
      await (observer[event] as ((value: unknown) => void | Promise<void>) | undefined)?.(value);
  };

  const { shuffleBuffer } = settings.data;
  const order = epochOrder(images.files, { seed: settings.seed, shuffleBuffer });
  const isStopped = () => signal?.aborted === true;
  const health = watchHealth(await readMetrics(folder.metricsFile));
  const healthEvery = Math.min(facts.stepsPerEpoch, HEALTH_EVERY);
  const clock = services.createClock(earlier.clock);
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

  const started = performance.now();
  let metrics = progress.metrics;
  let stepsDone = progress.step;
  let { handOverSeconds } = earlier.loader;
  /** False once a step has given numbers that are not finite: nothing can go on from such a state. */
  let stateIsGood = true;

  const history = (): RunHistory => ({
    ...earlier,
    seconds: earlier.seconds + (performance.now() - started) / 1000,
    clock: clock.reading(),
    loader: work(),
    ...evaluations.history(),
    chanceLevels: { ...earlier.chanceLevels, ...run.step.chanceLevels },
    highest: { ...earlier.highest, ...run.step.highest },
    queueSteps: { ...earlier.queueSteps, ...queueSteps(run) },
    corruptFiles: [
      ...new Set([
        ...earlier.corruptFiles,
        ...[...loader.corrupt, ...(knnData?.trainImages.corrupt ?? [])].map(({ file }) => file),
      ]),
    ],
  });

  const work = (): LoaderWork => {
    const { images, decoded, decodeMs, augmentMs } = loader.timings;
    return {
      threads: loader.workers,
      images: earlier.loader.images + images,
      decoded: earlier.loader.decoded + decoded,
      decodeSeconds: earlier.loader.decodeSeconds + decodeMs / 1000,
      augmentSeconds: earlier.loader.augmentSeconds + augmentMs / 1000,
      handOverSeconds,
    };
  };

  const evaluations = createRunEvaluations({
    data: knnData,
    features: compiled.features,
    settings: settings.evaluation,
    facts,
    folder,
    earlier,
    signal,
    onEvaluation: (evaluation) => tell("onEvaluation", evaluation),
  });

  /** Where nothing is evaluated, the map is of training images, before the first step and after the last. */
  const keepMap = async (): Promise<void> => {
    if (knnData !== undefined || isStopped()) return;
    if (stepsDone !== 0 && stepsDone < facts.totalSteps) return;
    await keepTrainingFeatures(folder.path, compiled.features, images, settings, stepsDone).catch(
      (error: unknown) => tell("onNotice", `There will be no map of the features: ${messageOf(error)}`),
    );
  };

  const checkpoints = await createCheckpointing({
    folder,
    settings: settings.checkpoint,
    state: compiled.state,
    // A run that was changed is saved anew with what it is now.
    ...(progress.changed ? {} : { saved: { step: stepsDone, evaluations: evaluations.past.length } }),
    onSaved: (name) => tell("onCheckpoint", name),
    onDiskFull: (notice) => tell("onNotice", notice),
    onNotFinite: (tensors) => endNotFinite(stepsDone, metrics, tensors),
    facts: () => ({
      step: stepsDone,
      epoch: stepsDone / facts.stepsPerEpoch,
      network: network.name,
      metrics,
      metricsRows: folder.metrics.rows,
      ...(stepsDone > 0 && evaluations.past.at(-1)?.step === stepsDone
        ? { knn: evaluations.past.at(-1)!.accuracy }
        : {}),
      history: history(),
      ...input.checkpointFacts,
    }),
  });

  /** Writes down what the step depended on, and ends the run with nothing saved of the state after it. */
  const endNotFinite = async (
    step: number,
    scalars: Readonly<Record<string, number>>,
    tensors: readonly NotFiniteTensor[],
  ): Promise<never> => {
    stateIsGood = false;
    const checkpoint = checkpoints.newest();
    const failed: NotFiniteStep = {
      step,
      scalars,
      terms: run.step.terms,
      tensors,
      folder: folder.path,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
    const epoch = Math.floor((step - 1) / facts.stepsPerEpoch);
    const indices = inBatches(order(epoch), facts.batchSize)[(step - 1) % facts.stepsPerEpoch]!;
    const { seed } = settings;
    const batch = { seed, epoch, indices, files: images.files, learningRate: scalars["lr"]! };
    await writeFailedStep(failed, batch).catch(() => undefined); // a full disk must not hide what happened
    throw notFinite(failed);
  };

  const evaluateIfDue = async (): Promise<void> => {
    if (!evaluations.isDue(stepsDone)) return;
    await evaluations.evaluate(stepsDone);
    if (evaluations.isBest(stepsDone)) await checkpoints.save();
  };

  /** What is due between two steps. */
  const pause = async (): Promise<void> => {
    if (isStopped()) return;
    await evaluateIfDue();
    if (checkpoints.isDue(stepsDone)) await checkpoints.save();
  };

  /** The step under way: at most one, so that the state is always that of a whole step once this is done. */
  let running: RunningStep | undefined;

  /** The state is looked at before it is moved, so that both are by the same batch. */
  const begin = async ({ step, probe, lr }: LoadedBatch): Promise<void> => {
    const reading = await probe?.run();
    if (probe !== undefined) clock.resume();
    compiledNow = false;
    running = {
      scalars: clock.time(
        () => step.run(),
        () => compiledNow,
      ),
      lr,
      ...(reading === undefined ? {} : { reading }),
    };
    running.scalars.catch(() => {}); // met by `end`
  };

  /** Waits for the step under way and takes its row of metrics; undefined where none was. */
  const end = async (): Promise<MetricsRow | undefined> => {
    if (running === undefined) return undefined;
    const { scalars, lr, reading } = running;
    running = undefined;
    const values = { ...(await scalars), lr };
    if (notFiniteScalars(values, run.step.terms).length > 0) {
      return endNotFinite(stepsDone + 1, values, notFiniteTensors(compiled.state));
    }
    stepsDone++;
    metrics = { ...values, ...gradientShares(reading), ...queueLevels(run, stepsDone) };
    const cosines = reading?.cosines;
    const epoch = stepsDone / facts.stepsPerEpoch;
    return { step: stepsDone, epoch, values: metrics, ...(cosines === undefined ? {} : { cosines }) };
  };

  const report = async (row: MetricsRow | undefined): Promise<void> => {
    if (row === undefined) return;
    const secondsPerStep = clock.secondsPerStep();
    const imagesPerSecond = facts.batchSize / secondsPerStep;
    const secondsLeft = secondsPerStep * (facts.totalSteps - row.step);
    const timed = Number.isFinite(imagesPerSecond) ? { imagesPerSecond } : {};
    await folder.metrics.append({ ...row, values: { ...row.values, ...timed } });
    await tell("onStep", { ...row, totalSteps: facts.totalSteps, imagesPerSecond, secondsLeft });
    if (row.step === progress.step + 1) await saveRecord(history()); // chance levels are known now
    health.add(row);
    if (row.step % healthEvery !== 0) return;
    const findings = health.news(history());
    if (findings !== undefined) await tell("onHealth", findings);
  };

  await tell("onStart", {
    config,
    facts,
    engine,
    mode,
    precision,
    folder: folder.path,
    stepsDone,
    evaluations: evaluations.past,
    parameters: store.trained().reduce((sum, { variable }) => sum + variable.size, 0),
    views: Object.keys(run.views),
  });

  const loader = services.createLoader(settings, run, images.files, engine.device);
  const ahead = mostAhead(run);
  const source = { loader, facts, inputs: run.board.inputs, order, ahead, seed: settings.seed };
  const tellForecast = async (): Promise<void> => {
    const size = compiled.record();
    if (size === undefined) return;
    const forecast = memoryForecast(store, size);
    await tell("onForecast", forecast);
    const warning = engine.device === "cpu" ? tooLarge(forecast) : undefined;
    if (warning !== undefined) await tell("onNotice", warning);
  };
  let status: RunOutcome["status"] = "finished";
  let reason: string | undefined;
  let code: string | undefined;

  try {
    await saveRecord(history());
    if (progress.changed) await checkpoints.save();
    await tellForecast();
    await evaluateIfDue();
    await keepMap();
    clock.resume();
    for await (const batch of stepBatches(source, stepsDone)) {
      const taken = stepsDone + (running === undefined ? 0 : 1);
      const lr = run.learningRate(taken, facts.totalSteps);
      const isProbed = (taken + 1) % settings.health.everySteps === 0;
      const arrived = performance.now();
      const next: LoadedBatch = {
        lr,
        step: compiled.load(batch.parts, lr),
        ...(isProbed ? { probe: compiled.loadProbe(batch.parts[0]!) } : {}),
      };
      handOverSeconds += (performance.now() - arrived) / 1000;
      batch.release();
      const row = await end();
      const pausing = row !== undefined && (evaluations.isDue(stepsDone) || checkpoints.isDue(stepsDone));
      if (!isStopped() && !pausing) await begin(next);
      await report(row);
      if (pausing) await pause();
      if (isStopped()) break;
      if (pausing) {
        clock.resume();
        await begin(next);
      }
      if (stepsDone % facts.stepsPerEpoch === 0) await saveRecord(history());
    }
    await report(await end());
    await pause();
    await keepMap();
    if (isStopped()) [status, reason] = ["interrupted", "stopped by the user"];
    if (!(await checkpoints.save())) {
      [status, reason] = ["failed", "the disk is full, so that the end of the run could not be saved"];
    }
  } catch (error) {
    status = "failed";
    reason = messageOf(error);
    code = codeOf(error);
    await end()
      .then(report)
      .catch(() => undefined);
    // The state is that of the last whole step; a second failure must not hide the first.
    if (stateIsGood) await checkpoints.save().catch(() => undefined);
  } finally {
    await loader.close();
    await compiled.dispose();
    await folder.metrics.close();
  }

  const whole = history();
  await saveRecord(whole);
  const bottleneck = bottleneckOf(whole.clock, whole.loader, facts.batchSize);
  const outcome: RunOutcome = {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
    steps: stepsDone,
    seconds: whole.seconds,
    imagesPerSecond: facts.batchSize / clock.meanSecondsPerStep(),
    timeShares: { ...whole.clock.shares, evaluation: whole.evaluationSeconds },
    ...(bottleneck === undefined ? {} : { bottleneck }),
    evaluations: whole.evaluations,
    folder: folder.path,
    ...(whole.corruptFiles.length === 0 ? {} : { corruptFiles: whole.corruptFiles }),
  };
  return { outcome, history: whole };
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof TsslError || error instanceof EngineError) return error.code;
  return error instanceof ImageError ? "INVALID_DATA" : undefined; // more of them than data.maxCorruptShare
}

/** A batch in TensorFlow's memory, and what is done with it. */
interface LoadedBatch {
  readonly step: LoadedStep;
  readonly lr: number;
  /** Where the run is looked at before the step. */
  readonly probe?: LoadedProbe;
}

interface RunningStep {
  readonly scalars: Promise<Record<string, number>>;
  readonly lr: number;
  readonly reading?: ProbeReading;
}
