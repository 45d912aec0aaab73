import { type EngineInfo, requireReplicasIn } from "@tssl/engine";

import { engineOptions, programOptions } from "./config/engine-options.ts";
import { requireThreads } from "./config/require-threads.ts";
import type { RunConfig } from "./config/parse-config.ts";
import { definitionsIn, withNewDefaults } from "./config/with-new-defaults.ts";
import type { ImageSet } from "./data/image-set.ts";
import type { RunData } from "./evaluation/open-data.ts";
import { overlapNotes } from "./evaluation/overlap-notes.ts";
import { isDiskFull, writeWhole } from "./files/write-whole.ts";
import { noStepLeft, noWholeCheckpoint } from "./messages/checkpoint.ts";
import { configNotParsed } from "./messages/config.ts";
import {
  CHECKPOINT_WAITS,
  leftAsItWas,
  METRICS_WAIT,
  metricsLackRows,
  NO_CHECKPOINT_YET,
  gpuNotUsed,
  gpusIdle,
  OUTCOME_NOT_WRITTEN,
  runFinishedBefore,
} from "./messages/notices.ts";
import { heldOutWithoutLabels } from "./messages/options.ts";
import { replicasAndProcesses } from "./messages/processes.ts";
import { weightsLoaded } from "./messages/weights.ts";
import { readWeights, type Weights } from "./networks/weights/read-weights.ts";
import { type Followers, gatherFollowers, PATIENCE } from "./processes/gather.ts";
import { replicasOf } from "./state/replicas.ts";
import type { RunFacts } from "./plugins/run-facts.ts";
import { alikeIn } from "./run/alike.ts";
import type { CheckpointStore } from "./run/checkpoint-store.ts";
import { environmentOf } from "./run/environment-of.ts";
import type { EndedRun, RunObserver, RunOutcome } from "./run/observer.ts";
import { outcomeOfFile, outcomeText, readOutcome } from "./run/outcome-file.ts";
import { describeEnvironmentChange, findResumePoint, progressAt, type ResumePoint } from "./run/resume.ts";
import {
  checkpointsOf,
  createRunFolder,
  outcomeFileOf,
  reopenRunFolder,
  requireNewFolder,
  type RunFolder,
  writeImages,
} from "./run/run-folder.ts";
import { newProgress, type RunHistory } from "./run/run-history.ts";
import {
  codeDigests,
  fingerprintsOf,
  imageDigests,
  type ImageFingerprints,
  type RunSetting,
  settingOf,
  takesLong,
} from "./run/run-identity.ts";
import { createRunLock } from "./run/run-lock.ts";
import {
  findRunRecord,
  runRecord,
  type SourcedValue,
  sourcedValues,
  WEIGHTS_MARK,
  writeRunRecord,
} from "./run/run-record.ts";
import { restoreSnapshot } from "./run/snapshot.ts";
import { tensorboardLog } from "./run/tensorboard.ts";
import { type BindServices, runServices } from "./services.ts";
import { withoutSecretsIn } from "./text/without-secrets.ts";
import { requireViewsFit } from "./training/batches.ts";
import { prepareRun, type PreparedRun, runFacts } from "./training/prepare-run.ts";
import { train } from "./training/train.ts";

export interface TrainingOptions {
  /** The config of `parseConfig`. */
  readonly config: RunConfig;
  /** The run folder: a new or empty one, or that of the run that goes on. */
  readonly out: string;
  /**
   * Goes on with the run in `out` from its newest whole checkpoint, to the numbers of an uninterrupted run.
   */
  readonly resume?: {
    /** Paths that may have changed, such as "optimizer.lr" or "images.train". Any other change is refused. */
    readonly allowedChanges: readonly string[];
  };
  /** Objects that are told how the run goes, in order. Default: none. */
  readonly observers?: readonly RunObserver[];
  /** Aborting it ends the run after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Other processes that take the run's steps with this one, which leads. Default: none. */
  readonly processes?: ProcessesOptions;
  /** The command that repeats the run, for its report. */
  readonly command?: string;
  /**
   * Where each option's value comes from, by the option's name, for the report: "config.yaml:9", "default".
   */
  readonly sources?: Readonly<Record<string, string>>;
}

/** Processes that train one run together, on one machine or on several. */
export interface ProcessesOptions {
  /** How many there are, the one that leads among them: `engine.replicas` of the config. */
  readonly count: number;
  /** Where the others find the one that leads. Whoever reaches it can train along. */
  readonly host: string;
  readonly port: number;
  /** Seconds to wait for the others. Default 300. */
  readonly patience?: number;
}

/**
 * Trains: puts a run together from its config, runs it to its end, and leaves config.yaml, metrics.jsonl,
 * run.json, checkpoints, features of some images and outcome.json in the run folder.
 *
 * @param bind replaces or wraps services of the run: engine, data, loader, checkpoint store, clock,
 * observers.
 * A run that goes on leaves its folder as it was where it ends before its first step; so does one that has
 * finished before.
 *
 * @returns how the run ended. A run that failed midway is an outcome, not an exception.
 * @throws {TsslError} for whatever is wrong before the first step: data, folder, engine, plugins, options, a
 * changed config.
 *
 * @example
 * ```ts
 * import { mkdtemp } from "node:fs/promises";
 *
 * import { parseConfig, resnet20, sgd } from "@tssl/core/run";
 * import { moco } from "@tssl/plugin-moco";
 *
 * const config = parseConfig(
 *   {
 *     imageSize: 32,
 *     epochs: 1,
 *     batchSize: 4,
 *     data: { train: "packages/core/fixtures/images" },
 *     encoder: { use: resnet20 },
 *     plugins: [{ use: moco, queueSize: 8 }],
 *     optimizer: { use: sgd, lr: 0.06 },
 *     engine: { device: "cpu" },
 *   },
 *   { plugins: {}, encoders: {}, optimizers: {} },
 *   "example.ts",
 * );
 * const outcome = await runTraining({ config, out: await mkdtemp("/tmp/tssl-run-") });
 * outcome.status; // => "finished"
 * outcome.steps; // => 2
 * ```
 */
export async function runTraining(options: TrainingOptions, bind?: BindServices): Promise<RunOutcome> {
  const { config, out, resume, processes } = options;
  if (!("settings" in config)) throw configNotParsed();
  if (processes !== undefined) requireReplicas(config, processes);
  if (resume === undefined) await requireNewFolder(out);
  requireThreads("data.workers", config.settings.data.workers);
  const engineAsked = engineOptions(config.settings.engine); // refused before images are read
  const services = await runServices(options.observers ?? [], bind);
  const tell = tellAll(services.observers);
  const lock = createRunLock(out);
  const over = new AbortController();
  let followers: Followers | undefined;
  try {
    // Before anything that takes long. A run that goes on has its values in its checkpoint.
    const weights = resume === undefined ? await weightsOf(config) : undefined;
    const opened = await services.openData(config.settings, tell);
    if (config.settings.checkpoint.best === "held-out" && opened.knnData === undefined) {
      throw heldOutWithoutLabels();
    }
    const notes = [...opened.notes];
    const data = { ...opened, notes };
    const identity = identify(config, data, over.signal);
    const overlap = identity.images.then(async (images) => {
      for (const note of await overlapNotes(data, images)) {
        notes.push(note);
        tell(note);
      }
    });
    overlap.catch(() => undefined); // reported where it is waited for
    // A run that goes on is held to its images first; a new one of many need not wait for them.
    if (resume !== undefined || !takesLong(data)) await overlap;
    const checkpoints = services.openCheckpoints(checkpointsOf(out));
    if (resume !== undefined) await lock.take(); // or another process could go on from the same checkpoint
    const point = await resumePoint(options, identity, checkpoints, tell);
    const finished = await finishedBefore(options, point, factsOf(config, data));
    if (finished !== undefined) {
      tell(runFinishedBefore(out, finished.steps));
      return finished;
    }
    // After all quick refusals, which should not wait for the library.
    followers = processes && (await gather(options, processes, data.train, tell));
    const engine = await services.startEngine({
      ...engineAsked,
      ...(followers === undefined ? {} : { processes: followers.group }),
    });
    requireDevices(config, engine);
    const idle = idleCards(config, engine);
    if (idle !== undefined) tell(idle);
    if (engine.gpuProblem !== undefined) tell(gpuNotUsed(engine.gpuProblem));
    const run = prepare(config, data, point, {
      weights: weights ?? (await weightsOf(config, point)),
      ...(followers === undefined ? {} : { rank: followers.group.rank }),
    });
    try {
      if (run.loaded !== undefined) tell(weightsLoaded(run.loaded));
      await lock.take({ create: true }); // only now, so that a run that cannot start leaves no folder behind
      const folder = await openFolder(options, identity, point, checkpoints, tell);
      const observers = [...services.observers, ...ownObservers(config, folder)];
      try {
        const parts = { data, identity, point, engine, run, folder, tell, followers };
        const session = await openSession(options, parts);
        const listed =
          identity.known().images === undefined ? writeImagesOnceKnown(folder, identity) : undefined;
        const { outcome, history } = await train({ ...session.input, observers, services });
        await listed;
        const ended: EndedRun = { config, data, record: session.recordOf(history), out, tell };
        for (const observer of observers) await observer.onEnd?.(outcome, ended);
        if (isWorthNothing(outcome) && (await folder.before.restore())) tell(leftAsItWas(out));
        else await writeOutcome(folder, outcome, tell);
        await folder.before.drop();
        return outcome;
      } catch (error) {
        await folder.metrics.close(); // which training did, if it had begun
        await folder.before.restore();
        throw error;
      }
    } finally {
      run.dispose();
    }
  } finally {
    over.abort(); // whoever looks at images still need not
    followers?.close();
    await lock.release();
  }
}

/** A run's identity, of which what the images are may not be known yet. */
interface StartedIdentity extends RunSetting {
  readonly images: Promise<ImageFingerprints>;
  /** What the images are, where that is known. */
  readonly known: () => { readonly images?: ImageFingerprints };
}

function identify(config: RunConfig, data: RunData, signal: AbortSignal): StartedIdentity {
  let found: ImageFingerprints | undefined;
  const images = fingerprintsOf(data, signal).then((fingerprints) => (found = fingerprints));
  images.catch(() => undefined); // reported where it is waited for
  return { ...settingOf(config), images, known: () => (found === undefined ? {} : { images: found }) };
}

/** Says a notice to every observer. */
type Tell = (notice: string) => void;

const tellAll =
  (observers: readonly RunObserver[]): Tell =>
  (notice) => {
    for (const observer of observers) void observer.onNotice?.(notice);
  };

const ownObservers = ({ settings }: RunConfig, folder: RunFolder): readonly RunObserver[] =>
  settings.logging.tensorboard ? [tensorboardLog(folder.path)] : [];

async function resumePoint(
  { config, out, resume }: TrainingOptions,
  identity: StartedIdentity,
  checkpoints: CheckpointStore,
  tell: Tell,
): Promise<ResumePoint> {
  if (resume === undefined) return { damaged: [], changes: [] };
  const point = await findResumePoint(out, {
    checkpoints,
    identity: { ...identity, images: await identity.images },
    allowed: resume.allowedChanges,
    tell,
    complete: (earlier) => withNewDefaults(earlier, definitionsIn({ ...config, resolved: identity.config })),
  });
  if (point.checkpoint !== undefined) return point;
  // To begin anew would delete them.
  if (point.damaged.length > 0) throw noWholeCheckpoint(out, point.damaged);
  tell(NO_CHECKPOINT_YET);
  return point;
}

/**
 * The outcome of a run that took all its steps before and has nothing left to do; undefined where there is
 * something, such as a page that a killed process did not write.
 *
 * @throws {TsslError} CHECKPOINT where something has changed that no step would be trained with.
 */
async function finishedBefore(
  { out, resume }: TrainingOptions,
  { checkpoint, changes }: ResumePoint,
  { totalSteps, stepsPerEpoch }: RunFacts,
): Promise<RunOutcome | undefined> {
  const steps = checkpoint?.facts.step ?? 0;
  if (resume === undefined || steps < totalSteps) return undefined;
  if (changes.length > 0) throw noStepLeft(out, { steps, totalSteps, stepsPerEpoch }, changes);
  const saved = await readOutcome(out);
  return saved?.status === "finished" ? outcomeOfFile(saved, out) : undefined;
}

/**
 * Whether a session that took no step leaves nothing to be kept. A step that gave numbers that are not finite
 * is there to be replayed.
 */
const isWorthNothing = ({ status, code }: RunOutcome): boolean =>
  status !== "finished" && code !== "NOT_FINITE";

const factsOf = (config: RunConfig, { train }: RunData): RunFacts =>
  runFacts(config, train.files.length, {
    classes: train.classes.length,
    replicas: config.settings.engine.replicas,
  });

function requireReplicas({ settings: { engine } }: RunConfig, { count }: ProcessesOptions): void {
  if (engine.replicas !== count) throw replicasAndProcesses(engine.replicas, count);
}

/** Waits for the processes that train with this one, and tells once one of them is asked to stop. */
async function gather(
  { config, signal }: TrainingOptions,
  { count, host, port, patience = PATIENCE }: ProcessesOptions,
  images: ImageSet,
  tell: Tell,
): Promise<Followers> {
  const followers = await gatherFollowers({
    count,
    host,
    port,
    alike: alikeIn(config, images),
    seconds: patience,
    ...(signal === undefined ? {} : { signal }),
  });
  followers.stop.addEventListener("abort", () => {
    if (signal?.aborted !== true) tell(String(followers.stop.reason));
  });
  return followers;
}

/** The weights that a run begins with; undefined where they are drawn, or a checkpoint has them. */
const weightsOf = async ({ encoder }: RunConfig, point?: ResumePoint): Promise<Weights | undefined> =>
  encoder.weights === undefined || point?.checkpoint !== undefined ? undefined : readWeights(encoder.weights);

/** @throws {TsslError} INVALID_OPTION for several replicas where TensorFlow computes. */
function requireDevices({ settings: { engine } }: RunConfig, started: EngineInfo): void {
  const { mode } = programOptions(engine, started).mode;
  requireReplicasIn(mode, engine.replicas);
}

/** What is said of GPUs that could train with the others; undefined where there are none. */
function idleCards({ settings: { engine } }: RunConfig, { accelerator }: EngineInfo): string | undefined {
  const cards = accelerator?.cards ?? 1;
  return cards > engine.replicas ? gpusIdle(cards, engine.replicas) : undefined;
}

/** Networks and state: as the seed or a file of weights gives them, or as the checkpoint has them. */
function prepare(
  config: RunConfig,
  data: RunData,
  { checkpoint }: ResumePoint,
  { weights, rank }: { readonly weights: Weights | undefined; readonly rank?: number },
): PreparedRun {
  const facts = factsOf(config, data);
  const run = prepareRun(config, facts, {
    replicas: replicasOf(facts),
    ...(rank === undefined ? {} : { rank }),
    ...(weights && { weights }),
  });
  try {
    requireViewsFit(run);
    if (checkpoint !== undefined)
      restoreSnapshot(checkpoint.snapshot, run.store, { source: checkpoint.name });
    return run;
  } catch (error) {
    run.dispose();
    throw error;
  }
}

async function openFolder(
  { out, resume }: TrainingOptions,
  identity: StartedIdentity,
  { checkpoint, damaged }: ResumePoint,
  checkpoints: CheckpointStore,
  tell: Tell,
): Promise<RunFolder> {
  const onDiskFull = () => tell(METRICS_WAIT);
  const { config, code } = identity;
  const opened = { config, code, ...identity.known(), checkpoints, onDiskFull };
  if (resume === undefined) return createRunFolder(out, opened);
  const metricsRows = checkpoint?.facts.metricsRows ?? 0;
  const folder = await reopenRunFolder(out, opened, {
    step: checkpoint?.facts.step ?? 0,
    metricsRows,
    mayLackRows: resume.allowedChanges.includes("metrics"),
    damaged,
  });
  if (folder.metrics.rows < metricsRows) tell(metricsLackRows(folder.metrics.rows, metricsRows));
  return folder;
}

interface SessionParts {
  readonly data: RunData;
  readonly identity: StartedIdentity;
  readonly point: ResumePoint;
  readonly engine: EngineInfo;
  readonly run: PreparedRun;
  readonly folder: RunFolder;
  readonly tell: Tell;
  readonly followers: Followers | undefined;
}

/** What `train` takes, and what run.json says of the run at any time. */
async function openSession(
  { config, out, resume, signal, command, sources }: TrainingOptions,
  { data, identity, point: { checkpoint, changes }, engine, run, folder, tell, followers }: SessionParts,
) {
  const program = programOptions(config.settings.engine, engine);
  const environment = environmentOf(engine, program, run.facts.replicas);
  if (checkpoint !== undefined) {
    const change = describeEnvironmentChange(checkpoint.facts.environment, environment);
    if (change !== undefined) tell(change);
  }
  const earlier = resume === undefined ? undefined : await findRunRecord(out);
  const weights = run.loaded?.sha256 ?? earlier?.environment[WEIGHTS_MARK]?.toString();
  const values: readonly SourcedValue[] | undefined = sourcedValues(config, sources, earlier);
  const recordOf = (history: RunHistory) =>
    runRecord(
      { config, data, facts: run.facts, engine, environment, options: values, ...(weights && { weights }) },
      history,
    );
  const input = {
    config,
    run,
    progress:
      checkpoint === undefined
        ? newProgress(new Date(), withoutSecretsIn(command))
        : progressAt(checkpoint.facts, changes),
    train: data.train,
    ...(data.knnData === undefined ? {} : { knnData: data.knnData }),
    folder,
    saveRecord: (history: RunHistory) =>
      writeRunRecord(folder.path, recordOf(history)).catch(unlessDiskFull(() => undefined)),
    checkpointFacts: async () => {
      if (identity.known().images === undefined) tell(CHECKPOINT_WAITS);
      const images = imageDigests(await identity.images);
      const { config, versions } = identity;
      return { config, images, versions, code: codeDigests(identity.code), environment };
    },
    engine,
    ...program,
    ...(followers === undefined ? {} : { followers }),
    signal: AbortSignal.any([signal, followers?.stop].filter((each) => each !== undefined)),
  };
  return { input, recordOf };
}

/**
 * Writes images.json while the run trains already. Without it a change of images is still told by digests.
 */
const writeImagesOnceKnown = (folder: RunFolder, { images }: StartedIdentity): Promise<void> =>
  images.then((found) => writeImages(folder.path, found)).catch(() => undefined);

const writeOutcome = (folder: RunFolder, outcome: RunOutcome, tell: Tell): Promise<void> =>
  writeWhole(outcomeFileOf(folder.path), outcomeText(outcome)).catch(
    unlessDiskFull(() => tell(OUTCOME_NOT_WRITTEN)),
  );

/** A full disk is no reason to end a run, nor to fail one that has ended. */
const unlessDiskFull = (onDiskFull: () => void) => (error: unknown) => {
  if (!isDiskFull(error)) throw error;
  onDiskFull();
};
