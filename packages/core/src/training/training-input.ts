import type { ChosenMode, EngineInfo, Precision } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import type { ImageSet } from "../data/image-set.ts";
import type { KnnData } from "../evaluation/evaluate-knn.ts";
import type { Followers } from "../processes/gather.ts";
import type { CheckpointFacts } from "../run/checkpoint.ts";
import type { RunObserver, RunOutcome } from "../run/observer.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { RunHistory, RunProgress } from "../run/run-history.ts";
import type { createStepClock } from "../run/step-clock.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { createRunLoader } from "./run-loader.ts";

/** What a training needs, all of it opened. */
export interface TrainingInput {
  readonly config: RunConfig;
  /** The networks and state, as they are at `progress`. */
  readonly run: PreparedRun;
  /** Where the run begins or goes on. */
  readonly progress: RunProgress;
  readonly train: ImageSet;
  /** Absent where there are no labels to check against. */
  readonly knnData?: KnnData;
  readonly folder: RunFolder;
  /** What each checkpoint says of the run, whatever the step: known once all images were looked at. */
  readonly checkpointFacts: () => Promise<
    Pick<CheckpointFacts, "config" | "images" | "versions" | "code" | "environment">
  >;
  /**
   * Saves what a page shows of the run so far: at its start, after the first step, after each epoch, at the
   * end.
   */
  readonly saveRecord: (history: RunHistory) => Promise<void>;
  /** The other processes that take the run's steps; absent where this one takes them alone. */
  readonly followers?: Followers;
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

/** What is left of a run besides its folder. */
export interface TrainingResult {
  readonly outcome: RunOutcome;
  /** The history of all parts of the run. */
  readonly history: RunHistory;
}
