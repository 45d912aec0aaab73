import type { ChosenMode, CompileNotice, EngineInfo, Precision } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import type { KnnEvaluation } from "../evaluation/evaluate-knn.ts";
import type { RunData } from "../evaluation/open-data.ts";
import type { HealthFinding } from "../health/health-finding.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { MetricsRow } from "../metrics/metrics-row.ts";
import type { Bottleneck } from "./bottleneck.ts";
import type { MemoryForecast } from "./memory-forecast.ts";
import type { PlanFinding } from "./plan-finding.ts";
import type { PastEvaluation } from "./run-history.ts";
import type { RunRecord } from "./run-record.ts";
import type { TimeShares } from "./step-clock.ts";

/**
 * Watches a run. Every method is optional, awaited in order where it returns a promise, and cannot change the
 * run.
 */
export interface RunObserver {
  onStart?(start: RunStart): void | Promise<void>;
  /** What the run will take, before anything is computed; not in mode "eager". */
  onForecast?(forecast: MemoryForecast): void | Promise<void>;
  /**
   * Options that do not fit the length of the run or the size of its set; each told once, before the first
   * step. In mode "eager" those about queues come after it, when it is known how many rows they take.
   */
  onPlan?(findings: readonly PlanFinding[]): void | Promise<void>;
  /** A step is being compiled, or was; see `CompileNotice`. */
  onCompile?(notice: CompileNotice): void;
  onStep?(progress: StepProgress): void | Promise<void>;
  /** How the run stands, gravest first: told when a finding has come, gone or changed its level. */
  onHealth?(findings: readonly HealthFinding[]): void | Promise<void>;
  /** A plugin works on the host before an epoch or a phase: a feature pass, k-means. */
  onEpochWork?(progress: EpochWorkProgress): void;
  onEvaluation?(evaluation: KnnEvaluation): void | Promise<void>;
  onCheckpoint?(name: string): void | Promise<void>;
  /** What the run met and how it goes on, in a sentence or two: a full disk, a damaged checkpoint. */
  onNotice?(notice: string): void | Promise<void>;
  /** The run has ended and its state is saved; only outcome.json is not written yet. */
  onEnd?(outcome: RunOutcome, ended: EndedRun): void | Promise<void>;
}

/** What a run is known by once it has ended, for whoever tells of it. */
export interface EndedRun {
  readonly config: RunConfig;
  /** The images, open until every observer has been told. */
  readonly data: RunData;
  /** What run.json says, with the history of all parts of the run. */
  readonly record: RunRecord;
  /** The run folder as the program named it; `RunOutcome.folder` is its absolute path. */
  readonly out: string;
  /** Says a notice to every observer. */
  readonly tell: (notice: string) => void;
}

export interface RunStart {
  readonly config: RunConfig;
  readonly facts: RunFacts;
  readonly engine: EngineInfo;
  readonly mode: ChosenMode;
  readonly precision: Precision;
  readonly folder: string;
  /** Steps taken by earlier parts of the run, and what they measured; 0 and none for a new run. */
  readonly stepsDone: number;
  readonly evaluations: readonly PastEvaluation[];
  readonly parameters: number;
  readonly views: readonly string[];
}

export interface StepProgress extends MetricsRow {
  readonly totalSteps: number;
  /**
   * Over the last steps, waiting for data included, compiling and evaluation not; NaN until a step has been
   * timed.
   */
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** How far a plugin's work before an epoch is. */
export interface EpochWorkProgress {
  readonly plugin: string;
  /** Optimizer steps taken so far. */
  readonly step: number;
  /** Share of the work that is done, 0 .. 1. */
  readonly share: number;
  /** E.g. "k-means, 3 of 20 iterations". */
  readonly what: string;
}

/** How a run ended. */
export interface RunOutcome {
  readonly status: "finished" | "interrupted" | "failed";
  /** The reason, where the run did not finish; a phrase. */
  readonly reason?: string;
  /** Code of the error that ended the run, such as "NOT_FINITE". */
  readonly code?: string;
  readonly steps: number;
  /** Seconds of all parts of the run; all fields below count all parts too. */
  readonly seconds: number;
  /** Mean over all timed steps; NaN where every one was compiled. */
  readonly imagesPerSecond: number;
  /** Seconds. */
  readonly timeShares: TimeShares & { readonly evaluation: number };
  /** Absent where no step was timed. */
  readonly bottleneck?: Bottleneck;
  readonly evaluations: readonly PastEvaluation[];
  readonly folder: string;
  /**
   * Images that could not be decoded; views of others stood in for theirs, and kNN did without.
   * Absent where there were none.
   */
  readonly corruptFiles?: readonly string[];
  /** How many of them there are of each kind: "HEIC image", "cut short". */
  readonly corruptReasons?: Readonly<Record<string, number>>;
}

/** Tells all observers of an event, one after another. */
export type TellObservers = <K extends keyof RunObserver>(
  event: K,
  value: Parameters<NonNullable<RunObserver[K]>>[0],
) => Promise<void>;

export const tellObservers =
  (observers: readonly RunObserver[]): TellObservers =>
  async (event, value) => {
    for (const observer of observers) {
      // Each event has one parameter, of the type that belongs to its name.
      const hear = observer[event] as ((value: unknown) => void | Promise<void>) | undefined;
      await hear?.call(observer, value);
    }
  };
