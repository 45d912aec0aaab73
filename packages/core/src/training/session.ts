import type { CompileNotice } from "@tssl/engine";

import { epochOrder, inBatches } from "../data/epoch-order.ts";
import { messageOf } from "../errors.ts";
import { evaluationImages } from "../evaluation/images.ts";
import { watchHealth } from "../health/health-watch.ts";
import { type MetricsRow, readMetrics } from "../metrics/metrics-log.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import { writeFailedStep } from "../run/failed-step.ts";
import { memoryForecast, tooLarge } from "../run/memory-forecast.ts";
import { notFinite, type NotFiniteStep, type NotFiniteTensor, notFiniteTensors } from "../run/not-finite.ts";
import { type TellObservers, tellObservers } from "../run/observer.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { createStepClock, type StepClock } from "../run/step-clock.ts";
import { mostAhead, type StepBatch, stepBatches } from "./batches.ts";
import { type Checkpointing, createCheckpointing } from "./checkpointing.ts";
import { compileRun } from "./compile-run.ts";
import { createEpochWork, type EpochWork } from "./epoch-work.ts";
import { keepTrainingFeatures } from "./feature-map.ts";
import { openLedger, type RunLedger } from "./ledger.ts";
import { createRunEvaluations, type RunEvaluations } from "./run-evaluations.ts";
import { createRunLoader } from "./run-loader.ts";
import { createSteps, type Steps } from "./steps.ts";
import type { TrainingInput } from "./training-input.ts";

/** Everything that a run works with while it trains. */
export interface TrainingSession {
  readonly facts: RunFacts;
  readonly folder: RunFolder;
  readonly ledger: RunLedger;
  readonly clock: StepClock;
  readonly steps: Steps;
  readonly evaluations: RunEvaluations;
  readonly checkpoints: Checkpointing;
  readonly epochWork: EpochWork;
  readonly health: HealthReports;
  readonly tell: TellObservers;
  /** The batches of the run, but for those of the first steps. */
  batches(from: number): AsyncIterable<StepBatch>;
  isStopped(): boolean;
  isFirstOfPart(step: number): boolean;
  isEpochEnd(step: number): boolean;
  /** What comes before the first step: records, forecasts, the first evaluation, the plugins' work. */
  begin(): Promise<void>;
  /** Evaluates the run as it stands, and saves it where it is the best so far. */
  evaluate(): Promise<void>;
  /** Does the plugins' work before the next epoch, and saves it where it took long. */
  workBeforeEpoch(): Promise<void>;
  saveRecord(): Promise<void>;
  /** Keeps features for the map on the run's page, where nothing is evaluated: of training images, untrained and trained. */
  keepFeatureMap(): Promise<void>;
  close(): Promise<void>;
}

/** Tells of a run's health as it changes. */
interface HealthReports {
  see(row: MetricsRow): Promise<void>;
}

/** Health is assessed after so many steps, or after each epoch where that is sooner. */
const HEALTH_EVERY = 50;

/** Work before an epoch that took longer is saved at once. */
const WORTH_SAVING_SECONDS = 60;

/** Opens what a run trains with, and tells its observers that it starts. The caller closes it. */
export async function openSession(input: TrainingInput): Promise<TrainingSession> {
  const { config, run, progress, folder, engine, mode, precision, observers } = input;
  const { settings } = config;
  const { facts, store } = run;
  const { step: from, history: earlier } = progress;
  const signal = input.signal ?? new AbortController().signal;
  const isStopped = () => signal.aborted;
  const tell = tellObservers(observers);
  const tellSoon = (...event: Parameters<TellObservers>) => void tell(...event);

  await tell("onStart", {
    config,
    facts,
    engine,
    mode,
    precision,
    folder: folder.path,
    stepsDone: from,
    evaluations: earlier.evaluations,
    parameters: store.trained().reduce((sum, { variable }) => sum + variable.size, 0),
    views: Object.keys(run.views),
  });
  const pastRows = await readMetrics(folder.metricsFile);
  const clock = createStepClock(earlier.clock);
  const compiling = watchCompiling((notice) => tellSoon("onCompile", notice));
  const compiled = compileRun(run, {
    mode: mode.mode,
    precision,
    statistics: settings.data,
    onNotice: compiling.onNotice,
    onLeak: (sentence) => tellSoon("onNotice", sentence),
  });
  const loader = createRunLoader(settings, run, input.train.files, engine.device);
  const evaluations = createRunEvaluations({
    data: input.knnData,
    features: compiled.features,
    settings: settings.evaluation,
    facts,
    folder,
    earlier,
    signal,
    onEvaluation: (evaluation) => tell("onEvaluation", evaluation),
  });
  const ledger = openLedger(progress, { run, compiled, loader, clock, evaluations });
  const epochWork = createEpochWork({
    run,
    compiled,
    images: input.knnData?.trainImages ?? unaugmented(input),
    seed: settings.seed,
    signal,
    ...(progress.epochWork ? { doneAt: from } : {}),
    onProgress: (work) => tellSoon("onEpochWork", work),
  });
  const { shuffleBuffer } = settings.data;
  const order = epochOrder(input.train.files, { seed: settings.seed, shuffleBuffer });

  /** Writes down what the step depended on, and ends the run with nothing saved of the state after it. */
  const endNotFinite = async (
    step: number,
    scalars: Readonly<Record<string, number>>,
    tensors: readonly NotFiniteTensor[],
  ): Promise<never> => {
    const checkpoint = checkpoints.newest();
    const failed: NotFiniteStep = {
      step,
      scalars,
      terms: compiled.description?.terms ?? new Set(),
      tensors,
      folder: folder.path,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
    const epoch = Math.floor((step - 1) / facts.stepsPerEpoch);
    const indices = inBatches(order(epoch), facts.batchSize)[(step - 1) % facts.stepsPerEpoch]!;
    const { seed } = settings;
    const batch = { seed, epoch, indices, files: input.train.files, learningRate: scalars["lr"]! };
    await writeFailedStep(failed, batch).catch(() => undefined); // a full disk must not hide what happened
    throw notFinite(failed);
  };

  const checkpoints: Checkpointing = await createCheckpointing({
    folder,
    settings: settings.checkpoint,
    state: compiled.state,
    // A run that was changed is saved anew with what it is now.
    ...(progress.changed
      ? {}
      : { saved: { step: from, evaluations: earlier.evaluations.length, epochWork: progress.epochWork } }),
    onSaved: (name) => tell("onCheckpoint", name),
    onDiskFull: (notice) => tell("onNotice", notice),
    onNotFinite: (tensors) => endNotFinite(ledger.step, ledger.metrics, tensors),
    facts: () => ({
      step: ledger.step,
      epoch: ledger.step / facts.stepsPerEpoch,
      network: run.network.name,
      metrics: ledger.metrics,
      metricsRows: folder.metrics.rows,
      ...(ledger.step > 0 && evaluations.past.at(-1)?.step === ledger.step
        ? { knn: evaluations.past.at(-1)!.accuracy }
        : {}),
      ...(epochWork.isDone(ledger.step) ? { epochWork: true } : {}),
      history: ledger.history(),
      ...input.checkpointFacts,
    }),
  });

  const steps = createSteps({
    run,
    compiled,
    clock,
    ledger,
    probeEvery: settings.health.everySteps,
    holdAfter: (step) => evaluations.isDue(step) || checkpoints.isDue(step) || epochWork.isDue(step),
    isStopped,
    onNotFinite: (step, metrics) => endNotFinite(step, metrics, notFiniteTensors(compiled.state)),
    wasCompiled: compiling.tookPlace,
  });

  const health = watchHealth(pastRows);
  const healthEvery = Math.min(facts.stepsPerEpoch, HEALTH_EVERY);

  const tellForecast = async (): Promise<void> => {
    const size = compiled.record(run.phaseAt(from));
    if (size === undefined) return;
    const forecast = memoryForecast(store, size);
    await tell("onForecast", forecast);
    const warning = engine.device === "cpu" ? tooLarge(forecast) : undefined;
    if (warning !== undefined) await tell("onNotice", warning);
  };

  const session: TrainingSession = {
    facts,
    folder,
    ledger,
    clock,
    steps,
    evaluations,
    checkpoints,
    epochWork,
    tell,
    isStopped,
    health: {
      async see(row) {
        health.add(row);
        if (row.step % healthEvery !== 0) return;
        const findings = health.news(ledger.history());
        if (findings !== undefined) await tell("onHealth", findings);
      },
    },
    batches: (first) =>
      stepBatches(
        {
          loader,
          facts,
          inputs: run.inputs,
          order,
          ahead: mostAhead(run),
          seed: settings.seed,
          ...(run.readsLabels ? { labels: input.train.labels ?? unknownLabels(facts.datasetSize) } : {}),
        },
        first,
      ),
    isFirstOfPart: (step) => step === from + 1,
    isEpochEnd: (step) => step % facts.stepsPerEpoch === 0,
    async begin() {
      await session.saveRecord();
      if (progress.changed) await checkpoints.save();
      await tellForecast();
      if (evaluations.isDue(from)) await session.evaluate();
      await session.keepFeatureMap();
      if (epochWork.isDue(from) && !isStopped()) await session.workBeforeEpoch();
    },
    async evaluate() {
      await evaluations.evaluate(ledger.step);
      if (evaluations.isBest(ledger.step)) await checkpoints.save();
    },
    async workBeforeEpoch() {
      const begun = performance.now();
      await epochWork.do(ledger.step);
      if (performance.now() - begun > WORTH_SAVING_SECONDS * 1000) await checkpoints.save();
    },
    saveRecord: () => input.saveRecord(ledger.history()),
    async keepFeatureMap() {
      if (input.knnData !== undefined || isStopped()) return;
      if (ledger.step !== 0 && ledger.step < facts.totalSteps) return;
      await keepTrainingFeatures(folder.path, compiled.features, input.train, settings, ledger.step).catch(
        (error: unknown) => tell("onNotice", `There will be no map of the features: ${messageOf(error)}`),
      );
    },
    async close() {
      await loader.close();
      await compiled.dispose();
      await folder.metrics.close();
    },
  };
  return session;
}

/** Remembers whether something was compiled since this was last asked. */
function watchCompiling(tell: (notice: CompileNotice) => void) {
  let compiled = false;
  return {
    onNotice(notice: CompileNotice) {
      compiled ||= notice.kind === "compiled";
      tell(notice);
    },
    tookPlace(): boolean {
      const was = compiled;
      compiled = false;
      return was;
    },
  };
}

const unaugmented = ({ config: { settings }, train }: TrainingInput) =>
  evaluationImages(train, {
    imageSize: settings.imageSize,
    batchSize: settings.evaluation.batchSize,
    workers: 1,
    cacheMegabytes: settings.data.cacheMegabytes,
    maxCorruptShare: settings.data.maxCorruptShare,
  });

const unknownLabels = (count: number): Int32Array => new Int32Array(count).fill(-1);
