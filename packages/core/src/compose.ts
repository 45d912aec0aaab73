import "reflect-metadata";

import { type EngineInfo, startEngine } from "@tssl/engine";
import { Container, type ServiceIdentifier } from "inversify";

import { engineOptions, programOptions } from "./config/engine-options.ts";
import type { RunConfig } from "./config/parse-config.ts";
import { openData, type RunData } from "./data/open-data.ts";
import { runReportData } from "./report/run-report.ts";
import { writeReport } from "./report/write-report.ts";
import { outcomeText } from "./run/outcome-file.ts";
import { createRunFolder, type RunFolder } from "./run/run-folder.ts";
import type { RunObserver, RunOutcome } from "./training/observer.ts";
import { prepareRun, type PreparedRun, runFacts } from "./training/prepare-run.ts";
import { train } from "./training/train.ts";

export interface TrainingOptions {
  readonly config: RunConfig;
  /** Where the run goes: a new or empty folder. */
  readonly out: string;
  readonly observers?: readonly RunObserver[];
  /** Aborting it ends the run after the step under way, with a checkpoint and a report. */
  readonly signal?: AbortSignal;
  /** The command that repeats the run, for its report. */
  readonly command?: string;
}

/** The parts of a training application. Each is bound once; a program of its own may bind another. */
const token = <T>(name: string) => Symbol.for(`tssl.${name}`) as ServiceIdentifier<T>;
const OPTIONS = token<TrainingOptions>("Options");
const DATA = token<RunData>("Data");
const FOLDER = token<RunFolder>("Folder");
const ENGINE = token<EngineInfo>("Engine");
const RUN = token<PreparedRun>("Run");
const OBSERVERS = token<readonly RunObserver[]>("Observers");
const TRAINER = token<() => Promise<RunOutcome>>("Trainer");

/**
 * Puts a training run together from its config and runs it: data, run folder, engine, networks, loop, report.
 *
 * The one place where the application is composed; everything below it takes plain arguments.
 *
 * @returns how it ended; a run that failed midway is an outcome, not an exception.
 * @throws {TsslError} for whatever is wrong before the first step: data, folder, engine, plugins, options.
 */
export async function runTraining(options: TrainingOptions): Promise<RunOutcome> {
  const container = new Container({ defaultScope: "Singleton" });
  container.bind(OPTIONS).toConstantValue(options);
  container.bind(OBSERVERS).toConstantValue(options.observers ?? []);
  container.bind(DATA).toResolvedValue(({ config }) => openData(config.settings), [OPTIONS]);
  container.bind(ENGINE).toResolvedValue(
    ({ config }) => {
      return startEngine(engineOptions(config.settings.engine));
    },
    [OPTIONS],
  );
  // After the engine and the networks, so that a run that cannot start leaves no folder behind.
  container
    .bind(RUN)
    .toResolvedValue(
      (_engine, { config }, { train: images }) => prepareRun(config, runFacts(config, images.files.length)),
      [ENGINE, OPTIONS, DATA],
    );
  container
    .bind(FOLDER)
    .toResolvedValue((_run, { out, config }) => createRunFolder(out, config.resolved), [RUN, OPTIONS]);
  container.bind(TRAINER).toResolvedValue(trainer, [OPTIONS, DATA, ENGINE, RUN, FOLDER, OBSERVERS]);
  const start = await container.getAsync(TRAINER);
  return start();
}

function trainer(
  { config, signal, command }: TrainingOptions,
  data: RunData,
  engine: EngineInfo,
  run: PreparedRun,
  folder: RunFolder,
  observers: readonly RunObserver[],
): () => Promise<RunOutcome> {
  return async () => {
    const startedAt = new Date();
    try {
      const result = await train({
        config,
        run,
        train: data.train,
        folder,
        engine,
        ...programOptions(config.settings.engine, engine),
        observers,
        ...(data.knnData === undefined ? {} : { knnData: data.knnData }),
        ...(signal === undefined ? {} : { signal }),
      });
      const report = await runReportData({
        config,
        data,
        run,
        engine,
        result,
        startedAt,
        ...(command === undefined ? {} : { command }),
      });
      await writeReport(report, folder.report);
      await folder.writeFile("outcome.json", outcomeText(result.outcome));
      for (const observer of observers) await observer.onEnd?.(result.outcome);
      return result.outcome;
    } finally {
      run.dispose();
    }
  };
}
