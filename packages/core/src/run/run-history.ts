import type { BestBy } from "../evaluation/checkpoint-score.ts";
import type { NeighbourRow } from "../evaluation/neighbour-rows.ts";
import { type LoaderWork, NO_WORK } from "./bottleneck.ts";
import type { CorruptKinds } from "./corrupt-reasons.ts";
import type { PlanFinding } from "./plan-finding.ts";
import type { ClockReading } from "./step-clock.ts";

/**
 * What a run remembers besides its state: what its report shows, and where its time went. Saved with each
 * checkpoint.
 */
export interface RunHistory {
  /** When its first part began; ISO 8601. */
  readonly startedAt: string;
  /** The command that began it. */
  readonly command?: string;
  /** All parts together. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  readonly clock: ClockReading;
  readonly loader: LoaderWork;
  readonly evaluations: readonly PastEvaluation[];
  /** What the best checkpoint is chosen by, where that is another measure than the accuracies. */
  readonly scores?: PastScores;
  /** More of the evaluation before the first step, and of the last one. */
  readonly untrained?: EvaluationDetail;
  readonly latest?: EvaluationDetail;
  /** The chance level of each loss term that has one, by the term's name. */
  readonly chanceLevels: Readonly<Record<string, number>>;
  /** What a metric can be at most, by its name, where that says something of it. */
  readonly highest: Readonly<Record<string, number>>;
  /** After how many steps a row leaves each queue: from then on none of the first random rows is left. */
  readonly queueSteps: Readonly<Record<string, number>>;
  /** Options that do not fit the length of the run or the size of its set; absent before that is known. */
  readonly plan?: readonly PlanFinding[];
  /** Images that could not be decoded; views of others stood in for theirs, and kNN did without. */
  readonly corruptFiles: readonly string[];
  /** Why, by file. */
  readonly corruptKinds?: CorruptKinds;
  /** What the user changed when the run was resumed. */
  readonly changes: readonly RunChange[];
}

export interface PastEvaluation {
  readonly step: number;
  readonly epoch: number;
  /** Share of test images that kNN classified right, 0 .. 1. */
  readonly accuracy: number;
}

export interface PastScores {
  readonly by: BestBy;
  /** Of each evaluation of a trained encoder. */
  readonly values: readonly { readonly step: number; readonly value: number }[];
}

export interface EvaluationDetail {
  /** `confusion[actual][predicted]`: counts. */
  readonly confusion: readonly (readonly number[])[];
  readonly neighbours: readonly NeighbourRow[];
}

export interface RunChange {
  /** Steps taken before it. */
  readonly step: number;
  /** "optimizer.lr was 0.06, is 0.03" */
  readonly changes: readonly string[];
}

/** Where a run stands when it begins or goes on. */
export interface RunProgress {
  readonly step: number;
  /** Metrics of the last step. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether the plugins' work before the next step is done. */
  readonly epochWork: boolean;
  readonly history: RunHistory;
  /**
   * Whether something was changed since the checkpoint that it comes from, so that this one must be saved
   * anew.
   */
  readonly changed: boolean;
}

/** A run before its first step. */
export const newProgress = (startedAt: Date, command?: string): RunProgress => ({
  step: 0,
  metrics: {},
  epochWork: false,
  history: {
    startedAt: startedAt.toISOString(),
    ...(command === undefined ? {} : { command }),
    seconds: 0,
    evaluationSeconds: 0,
    clock: { shares: { compile: 0, step: 0, dataWait: 0 }, steps: 0 },
    loader: NO_WORK,
    evaluations: [],
    chanceLevels: {},
    highest: {},
    queueSteps: {},
    corruptFiles: [],
    changes: [],
  },
  changed: false,
});
