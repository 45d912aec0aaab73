import type { RunConfig } from "../config/parse-config.ts";
import type { RunObserver } from "../run/observer.ts";

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
  /**
   * How many there are, the one that leads among them: `engine.replicas` of the config, or a part of it
   * where each process has several GPUs.
   */
  readonly count: number;
  /** Where the others find the one that leads. Whoever reaches it can train along. */
  readonly host: string;
  readonly port: number;
  /** Seconds to wait for the others. Default 300. */
  readonly patience?: number;
}
