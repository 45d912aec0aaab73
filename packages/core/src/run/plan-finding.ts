/** What can be said of a run's options before its first step, by its length and the size of its set. */
export interface PlanFinding {
  /** "note": worth knowing. "warning": the option does not do what it is there for. */
  readonly level: "warning" | "note";
  /** The option, queue or plugin, as typed after --set where it is an option: "optimizer.warmupEpochs". */
  readonly about: string;
  readonly sentence: string;
}
