import type { ViewLoader } from "@tssl/augment-zoo";

import type { Followers } from "../processes/gather.ts";
import { addProbe, type LoaderWork } from "../run/bottleneck.ts";
import { kindsOf } from "../run/corrupt-reasons.ts";
import type { PlanFinding } from "../run/plan-finding.ts";
import type { RunHistory, RunProgress } from "../run/run-history.ts";
import type { StepClock } from "../run/step-clock.ts";
import type { CompiledRun } from "./compile-run.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { RunEvaluations } from "./run-evaluations.ts";
import { queueSteps } from "./step-metrics.ts";

/**
 * What a run counts while it trains: steps taken, the last metrics, where its time went. All parts of the run
 * together.
 */
export interface RunLedger {
  /** Optimizer steps taken. */
  readonly step: number;
  /** The metrics of the last step. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Counts a step that was taken. */
  addStep(metrics: Readonly<Record<string, number>>): void;
  /** Takes down how the run's options fit its length and its set. */
  notePlan(findings: readonly PlanFinding[]): void;
  /** Counts time that went into handing a batch to the engine. @param seconds of one batch. */
  addHandOver(seconds: number): void;
  /** What the run's page and checkpoints say of it so far. */
  history(): RunHistory;
}

/** What a ledger reads of the run while it goes on. */
export interface LedgerSources {
  readonly run: PreparedRun;
  readonly compiled: Pick<CompiledRun, "description">;
  readonly loader: Pick<ViewLoader, "timings" | "workers" | "corrupt" | "cache">;
  readonly clock: Pick<StepClock, "reading">;
  readonly evaluations: Pick<RunEvaluations, "history" | "corrupt">;
  /** Other processes that load images of the run. */
  readonly followers?: Pick<Followers, "corrupt">;
}

/** @param progress where the run begins or goes on. */
export function openLedger(
  { step: from, metrics: first, history: earlier }: RunProgress,
  sources: LedgerSources,
): RunLedger {
  const { run, compiled, loader, clock, evaluations, followers } = sources;
  const started = performance.now();
  let step = from;
  let metrics = first;
  let { handOverSeconds } = earlier.loader;
  let { plan } = earlier;

  const loaderWork = (): LoaderWork => {
    const { images, decoded, decodeMs, augmentMs, probe } = loader.timings;
    return {
      threads: loader.workers,
      images: earlier.loader.images + images,
      decoded: earlier.loader.decoded + decoded,
      decodeSeconds: earlier.loader.decodeSeconds + decodeMs / 1000,
      augmentSeconds: earlier.loader.augmentSeconds + augmentMs / 1000,
      handOverSeconds,
      probe: addProbe(earlier.loader.probe, probe),
      ...(loader.cache === undefined ? {} : { cache: loader.cache }),
    };
  };

  const corrupt = (): Required<Pick<RunHistory, "corruptFiles" | "corruptKinds">> => {
    const found = { ...kindsOf(loader.corrupt), ...followers?.corrupt, ...kindsOf(evaluations.corrupt()) };
    return {
      corruptFiles: [...new Set([...earlier.corruptFiles, ...Object.keys(found)])],
      corruptKinds: { ...earlier.corruptKinds, ...found },
    };
  };

  return {
    get step() {
      return step;
    },
    get metrics() {
      return metrics;
    },
    addStep(taken) {
      step++;
      metrics = taken;
    },
    notePlan: (findings) => void (plan = findings),
    addHandOver: (seconds) => void (handOverSeconds += seconds),
    history: () => ({
      ...earlier,
      seconds: earlier.seconds + (performance.now() - started) / 1000,
      clock: clock.reading(),
      loader: loaderWork(),
      ...evaluations.history(),
      chanceLevels: { ...earlier.chanceLevels, ...compiled.description?.chanceLevels },
      highest: { ...earlier.highest, ...compiled.description?.highest },
      queueSteps: { ...earlier.queueSteps, ...queueSteps(run) },
      ...corrupt(),
      ...(plan === undefined ? {} : { plan }),
    }),
  };
}
