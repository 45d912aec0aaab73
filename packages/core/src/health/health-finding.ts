import type { MetricsRow } from "../metrics/metrics-row.ts";

/** "note": worth knowing, nothing to do. "warning": look into it. "failure": the run as it stands is lost. */
export type HealthLevel = "ok" | "note" | "warning" | "failure";

/** What can be said of a run's health, in a sentence. */
export interface HealthFinding {
  /** A run has at most one finding about each. */
  readonly about:
    "collapse" | "rank" | "weights" | "chance" | "views" | "gradient" | "share" | "queue" | "learning";
  readonly level: HealthLevel;
  readonly sentence: string;
  /** The step since which the finding holds. */
  readonly since: number;
}

/** What a run has logged, as far as its health shows in it. */
export interface HealthRecord {
  /**
   * Rows of metrics.jsonl, in order; they may be thinned out evenly. Those without a loss are not looked at.
   */
  readonly rows: readonly MetricsRow[];
  /** The chance level of each loss term that has one. */
  readonly chanceLevels: Readonly<Record<string, number>>;
  /** After how many steps each queue holds none of its first random rows. */
  readonly queueSteps: Readonly<Record<string, number>>;
  /** What metrics can be at most; of "embedding/rank" it is told with the value. */
  readonly highest?: Readonly<Record<string, number>>;
  /** Steps of the whole run. They tell a queue that fills later from one that never does. */
  readonly totalSteps?: number;
  /** kNN accuracies, if there are labels: a run whose accuracy falls is not said to learn. */
  readonly evaluations?: readonly { readonly step: number; readonly accuracy: number }[];
  /** Of the last evaluation, `confusion[actual][predicted]`: counts, which tell the number of test images. */
  readonly latest?: { readonly confusion: readonly (readonly number[])[] };
}
