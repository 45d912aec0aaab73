import "reflect-metadata";

import { type EngineInfo, startEngine } from "@tssl/engine";
import { Container, type ServiceIdentifier } from "inversify";

import { engineOptions, programOptions } from "./config/engine-options.ts";
import type { RunConfig } from "./config/parse-config.ts";
import { fingerprintOf } from "./data/fingerprint.ts";
import { openData, type RunData } from "./evaluation/open-data.ts";
import { environmentOf } from "./run/environment-of.ts";
import { outcomeText } from "./run/outcome-file.ts";
import { describeEnvironmentChange, findResumePoint, progressAt, type ResumePoint } from "./run/resume.ts";
import { createRunFolder, outcomeFileOf, reopenRunFolder, type RunFolder } from "./run/run-folder.ts";
import { imageDigests, type RunIdentity, runIdentity } from "./run/run-identity.ts";
import { readRunRecord, runRecord, sourcedValues, writeRunRecord } from "./run/run-record.ts";
import { createRunLock, type RunLock } from "./run/run-lock.ts";
import { restoreSnapshot } from "./run/snapshot.ts";
import { tensorboardLog } from "./run/tensorboard.ts";
import { isDiskFull, writeWhole } from "./files/write-whole.ts";
import type { EndedRun, RunObserver, RunOutcome } from "./run/observer.ts";
import { prepareRun, type PreparedRun, runFacts } from "./training/prepare-run.ts";
import { newProgress, type RunHistory } from "./run/run-history.ts";
import { train } from "./training/train.ts";

export interface TrainingOptions {
  readonly config: RunConfig;
  /** Where the run goes: a new or empty folder; or the folder of the run that goes on. */
  readonly out: string;
  /** Goes on with the run in `out` from its newest whole checkpoint, to the numbers that it would have given uninterrupted. */
  readonly resume?: {
    /** Paths whose change is meant, such as "optimizer.lr" or "images.train"; any other change is refused. */
    readonly allowedChanges: readonly string[];
  };
  readonly observers?: readonly RunObserver[];
  /** Aborting it ends the run after the step under way, with a checkpoint and a report. */
  readonly signal?: AbortSignal;
  /** The command that repeats the run, for its report. */
  readonly command?: string;
  /** Who said each option, by its name, for the report: "config.yaml:9", "default". */
  readonly sources?: Readonly<Record<string, string>>;
}

/** The parts of a training application. Each is bound once; a program of its own may bind another. */
const token = <T>(name: string) => Symbol.for(`tssl.${name}`) as ServiceIdentifier<T>;
const OPTIONS = token<TrainingOptions>("Options");
const TELL = token<Tell>("Tell");
const DATA = token<RunData>("Data");
const IDENTITY = token<RunIdentity>("Identity");
const RESUME_POINT = token<ResumePoint>("ResumePoint");
const FOLDER = token<RunFolder>("Folder");
const LOCK = token<RunLock>("Lock");
const ENGINE = token<EngineInfo>("Engine");
const RUN = token<PreparedRun>("Run");
const OBSERVERS = token<readonly RunObserver[]>("Observers");
const TRAINER = token<() => Promise<RunOutcome>>("Trainer");

/** Says a notice to every observer. */
type Tell = (notice: string) => void;

/**
 * Puts a training run together from its config and runs it: data, run folder, engine, networks, loop.
 *
 * The one place where the application is composed; everything below it takes plain arguments.
 *
 * @returns how it ended; a run that failed midway is an outcome, not an exception.
 * @throws {TsslError} for whatever is wrong before the first step: data, folder, engine, plugins, options, a changed config.
 */
export async function runTraining(options: TrainingOptions): Promise<RunOutcome> {
  const container = new Container({ defaultScope: "Singleton" });
  container.bind(OPTIONS).toConstantValue(options);
  container.bind(OBSERVERS).toConstantValue(options.observers ?? []);
  const lock = createRunLock(options.out);
  container.bind(LOCK).toConstantValue(lock);
  container.bind(TELL).toResolvedValue(tellAll, [OBSERVERS]);
  container
    .bind(DATA)
    .toResolvedValue(({ config }, tell) => openData(config.settings, tell), [OPTIONS, TELL]);
  container.bind(IDENTITY).toResolvedValue(identify, [OPTIONS, DATA]);
  container.bind(RESUME_POINT).toResolvedValue(resumePoint, [OPTIONS, IDENTITY, TELL, LOCK]);
  container.bind(ENGINE).toResolvedValue(
    // After whatever refuses to go on, which should not wait for the library.
    (_resumePoint, { config }) => startEngine(engineOptions(config.settings.engine)),
    [RESUME_POINT, OPTIONS],
  );
  container.bind(RUN).toResolvedValue(prepare, [ENGINE, OPTIONS, DATA, RESUME_POINT, TELL]);
  // After the engine and the networks, so that a run that cannot start leaves no folder behind.
  container.bind(FOLDER).toResolvedValue(openFolder, [RUN, OPTIONS, IDENTITY, RESUME_POINT, TELL, LOCK]);
  container
    .bind(TRAINER)
    .toResolvedValue(trainer, [OPTIONS, DATA, IDENTITY, RESUME_POINT, ENGINE, RUN, FOLDER, OBSERVERS, TELL]);
  try {
    const start = await container.getAsync(TRAINER);
    return await start();
  } finally {
    await lock.release();
  }
}

const tellAll =
  (observers: readonly RunObserver[]): Tell =>
  (notice) => {
    for (const observer of observers) void observer.onNotice?.(notice);
  };

async function identify(
  { config }: TrainingOptions,
  { train: images, knnData }: RunData,
): Promise<RunIdentity> {
  return runIdentity(config, {
    train: await fingerprintOf(images),
    ...(knnData === undefined ? {} : { test: await fingerprintOf(knnData.test) }),
  });
}

async function resumePoint(
  { out, resume }: TrainingOptions,
  identity: RunIdentity,
  tell: Tell,
  lock: RunLock,
): Promise<ResumePoint> {
  if (resume === undefined) return { damaged: [], changes: [] };
  await lock.take(); // before the checkpoint is chosen that another process would be going on from
  const point = await findResumePoint(out, identity, resume.allowedChanges, tell);
  if (point.checkpoint === undefined) tell("The run was ended before its first checkpoint; it begins anew.");
  return point;
}

function prepare(
  _engine: EngineInfo,
  { config }: TrainingOptions,
  { train: images }: RunData,
  { checkpoint }: ResumePoint,
  tell: Tell,
): PreparedRun {
  const run = prepareRun(config, runFacts(config, images.files.length), tell);
  try {
    if (checkpoint !== undefined)
      restoreSnapshot(checkpoint.snapshot, run.store, { source: checkpoint.name });
    return run;
  } catch (error) {
    run.dispose();
    throw error;
  }
}

async function openFolder(
  _run: PreparedRun,
  { out, resume }: TrainingOptions,
  identity: RunIdentity,
  { checkpoint, damaged }: ResumePoint,
  tell: Tell,
  lock: RunLock,
): Promise<RunFolder> {
  await lock.take({ create: true });
  const onDiskFull = () => tell("The disk is full: metrics wait in memory until the next checkpoint.");
  return resume === undefined
    ? createRunFolder(out, { identity, onDiskFull })
    : reopenRunFolder(
        out,
        { identity, onDiskFull },
        { metricsRows: checkpoint?.facts.metricsRows ?? 0, damaged },
      );
}

function trainer(
  { config, signal, command, out, resume, sources }: TrainingOptions,
  data: RunData,
  identity: RunIdentity,
  { checkpoint, changes }: ResumePoint,
  engine: EngineInfo,
  run: PreparedRun,
  folder: RunFolder,
  observers: readonly RunObserver[],
  tell: Tell,
): () => Promise<RunOutcome> {
  return async () => {
    try {
      const program = programOptions(config.settings.engine, engine);
      const environment = environmentOf(engine, program);
      if (checkpoint !== undefined) {
        const change = describeEnvironmentChange(checkpoint.facts.environment, environment);
        if (change !== undefined) tell(change);
      }
      const earlier = resume === undefined ? undefined : await readRunRecord(out).catch(() => undefined);
      const options = sourcedValues(config, sources, earlier);
      const recordOf = (history: RunHistory) =>
        runRecord({ config, data, facts: run.facts, engine, environment, options }, history);
      const watching = [
        ...observers,
        ...(config.settings.logging.tensorboard ? [tensorboardLog(folder.path)] : []),
      ];
      const result = await train({
        config,
        run,
        progress:
          checkpoint === undefined ? newProgress(new Date(), command) : progressAt(checkpoint.facts, changes),
        train: data.train,
        folder,
        saveRecord: (history) => writeRunRecord(folder.path, recordOf(history)).catch(unlessDiskFull),
        checkpointFacts: {
          config: identity.config,
          images: imageDigests(identity.images),
          versions: identity.versions,
          environment,
        },
        engine,
        ...program,
        observers: watching,
        ...(data.knnData === undefined ? {} : { knnData: data.knnData }),
        ...(signal === undefined ? {} : { signal }),
      });
      const ended: EndedRun = { config, data, record: recordOf(result.history), out, tell };
      for (const observer of watching) await observer.onEnd?.(result.outcome, ended);
      await writeWhole(outcomeFileOf(folder.path), outcomeText(result.outcome)).catch((error: unknown) => {
        unlessDiskFull(error);
        tell("The disk is full: outcome.json could not be written.");
      });
      return result.outcome;
    } finally {
      run.dispose();
    }
  };
}

/** A page that cannot be told more for now is no reason to end a run. */
function unlessDiskFull(error: unknown): void {
  if (!isDiskFull(error)) throw error;
}
