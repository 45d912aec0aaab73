import type { CompileNotice, EngineInfo } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import type { RunSettings } from "../config/run-settings.ts";
import { type EpochOrder, epochOrder } from "../data/epoch-order.ts";
import type { ImageSet } from "../data/image-set.ts";
import { typicalSize, type TypicalSize } from "../data/sides.ts";
import { evaluationImages, evaluationOptions } from "../evaluation/images.ts";
import { healthRows } from "../health/health-rows.ts";
import { statisticsNotKept } from "../messages/notices.ts";
import { readMetrics } from "../metrics/metrics-log.ts";
import { leadRun } from "./lead-run.ts";
import { notFiniteTensors } from "../run/not-finite.ts";
import { type TellObservers, tellObservers } from "../run/observer.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { keepSettledStatistics } from "../run/settled-statistics-file.ts";
import type { StepClock } from "../run/step-clock.ts";
import { mostAhead, type StepBatch, stepBatches } from "./batches.ts";
import { type Checkpointing, createCheckpointing, evaluationsIn } from "./checkpointing.ts";
import { type CompiledRun, compileRun } from "./compile-run.ts";
import { createEpochWork, type EpochWork } from "./epoch-work.ts";
import { endNotFinite } from "./end-not-finite.ts";
import { sampledTrainingImages } from "./feature-map.ts";
import { createHealthReports, type HealthReports } from "./health-reports.ts";
import { openLedger, type RunLedger } from "./ledger.ts";
import { watchNarrowLevels } from "./narrow-levels.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { createRunEvaluations, type RunEvaluations } from "./run-evaluations.ts";
import type { createRunLoader } from "./run-loader.ts";
import { firstBatches, settledStatistics, type SettledStatistics, untouched } from "./settled-statistics.ts";
import { createSteps, type Steps } from "./steps.ts";
import type { TrainingInput } from "./training-input.ts";

/** Everything that a run works with while it trains. */
export interface TrainingSession {
  readonly config: RunConfig;
  readonly run: PreparedRun;
  readonly settings: RunSettings;
  readonly images: ImageSet;
  /** Labelled images that kNN searches in; absent where it does not run. */
  readonly knnImages?: number;
  /** Absent where none of the images that were looked at can be read. */
  readonly typicalSize?: TypicalSize;
  readonly folder: RunFolder;
  readonly device: EngineInfo["device"];
  readonly compiled: CompiledRun;
  /** Steps that were taken before this session. */
  readonly from: number;
  readonly ledger: RunLedger;
  readonly clock: StepClock;
  readonly steps: Steps;
  readonly evaluations: RunEvaluations;
  readonly settled: SettledStatistics;
  readonly checkpoints: Checkpointing;
  readonly epochWork: EpochWork;
  readonly health: HealthReports;
  readonly tell: TellObservers;
  /** Tells, once, of 16-bit images that use few of their levels. */
  tellNarrowLevels(): Promise<void>;
  /** The batches of the steps that are left. */
  batches(): AsyncIterable<StepBatch>;
  isStopped(): boolean;
  saveRecord(): Promise<void>;
  close(): Promise<void>;
}

/** Opens what a run trains with. The caller closes it. */
export async function openSession(input: TrainingInput): Promise<TrainingSession> {
  const { run, progress, folder, engine, train: images } = input;
  const { settings } = input.config;
  const { facts } = run;
  const { step: from, history: earlier } = progress;
  const signal = input.signal ?? new AbortController().signal;
  const isStopped = () => signal.aborted;
  const tell = tellObservers(input.observers);

  const pastHealth = healthRows();
  for await (const row of readMetrics(folder.metricsFile)) pastHealth.add(row);
  const size = await typicalSize(images.files);
  const order = epochOrder(images.files, { seed: settings.seed, shuffleBuffer: settings.data.shuffleBuffer });
  const clock = input.services.createClock(earlier.clock);
  const compiling = watchCompiling((notice) => void tell("onCompile", notice));
  const here = compileRun(run, {
    mode: input.mode.mode,
    precision: input.precision,
    statistics: settings.data,
    onNotice: compiling.onNotice,
    onLeak: (sentence) => void tell("onNotice", sentence),
  });
  const compiled = input.followers === undefined ? here : leadRun(here, run, input.followers);
  const loader = input.services.createLoader(settings, run, images.files, engine.device);
  const source = batchSource(run, settings, images, order, loader);
  // Statistics that a file came with belong to its weights: these are evaluated untouched.
  const settled =
    input.config.encoder.weights !== undefined
      ? untouched
      : settledStatistics({
          compiled,
          batches: firstBatches(source),
          signal,
          onSettled: (statistics) =>
            keepSettledStatistics(folder.path, statistics).catch((error: unknown) =>
              tell("onNotice", statisticsNotKept(error)),
            ),
        });
  const evaluations = createRunEvaluations({
    data: input.knnData,
    unlabelled: () => sampledTrainingImages(images, settings),
    features: compiled.features,
    settled,
    settings,
    facts,
    folder,
    earlier,
    signal,
    onEvaluation: (evaluation) => tell("onEvaluation", evaluation),
  });
  const ledger = openLedger(progress, {
    run,
    compiled,
    loader,
    clock,
    evaluations,
    ...(input.followers === undefined ? {} : { followers: input.followers }),
  });
  const epochWork = createEpochWork({
    run,
    compiled,
    images:
      input.knnData?.train === images
        ? input.knnData.trainImages
        : evaluationImages(images, evaluationOptions(settings)),
    seed: settings.seed,
    signal,
    ...(progress.epochWork ? { doneAt: from } : {}),
    onProgress: (work) => void tell("onEpochWork", work),
  });
  const failing = { run, settings, images, folder, order, compiled, checkpoint: () => checkpoints.newest() };
  const checkpoints: Checkpointing = await createCheckpointing({
    folder,
    settings: settings.checkpoint,
    state: compiled.state,
    // A run that was changed is saved anew with what it is now.
    ...(progress.changed
      ? {}
      : { saved: { step: from, evaluations: evaluationsIn(earlier), epochWork: progress.epochWork } }),
    onSaved: (name) => tell("onCheckpoint", name),
    onDiskFull: (notice) => tell("onNotice", notice),
    onNotFinite: (tensors) => endNotFinite(failing, ledger.step, ledger.metrics, tensors),
    facts: async () => ({
      step: ledger.step,
      epoch: ledger.step / facts.stepsPerEpoch,
      ...run.encoderFacts,
      metrics: ledger.metrics,
      metricsRows: folder.metrics.rows,
      ...evaluations.measuredAt(ledger.step),
      ...(epochWork.isDone(ledger.step) ? { epochWork: true } : {}),
      history: ledger.history(),
      ...(await input.checkpointFacts()),
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
    onNotFinite: (step, metrics) => endNotFinite(failing, step, metrics, notFiniteTensors(compiled.state)),
    wasCompiled: compiling.tookPlace,
  });

  return {
    config: input.config,
    run,
    settings,
    images,
    ...(input.knnData === undefined ? {} : { knnImages: input.knnData.train.files.length }),
    ...(size === undefined ? {} : { typicalSize: size }),
    folder,
    device: engine.device,
    compiled,
    from,
    ledger,
    clock,
    steps,
    evaluations,
    settled,
    checkpoints,
    epochWork,
    health: createHealthReports(pastHealth, facts, ledger, (findings) => tell("onHealth", findings)),
    tell,
    tellNarrowLevels: watchNarrowLevels(loader, tell),
    batches: () => stepBatches(source, ledger.step),
    isStopped,
    saveRecord: () => input.saveRecord(ledger.history()),
    async close() {
      await loader.close();
      await compiled.dispose();
      await folder.metrics.close();
    },
  };
}

/** Where a run's batches come from. */
export const batchSource = (
  run: PreparedRun,
  { seed }: RunSettings,
  { labels, files }: ImageSet,
  order: EpochOrder,
  loader: ReturnType<typeof createRunLoader>,
) => ({
  loader,
  facts: run.facts,
  own: run.own,
  inputs: run.inputs,
  order,
  ahead: mostAhead(run),
  seed,
  ...(run.readsLabels ? { labels: labels ?? new Int32Array(files.length).fill(-1) } : {}),
});

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
