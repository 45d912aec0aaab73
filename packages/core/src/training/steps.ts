import type { MetricsRow } from "../metrics/metrics-row.ts";
import { notFiniteScalars } from "../run/not-finite.ts";
import type { StepClock } from "../run/step-clock.ts";
import type { StepBatch } from "./batches.ts";
import type { CompiledRun, LoadedProbe, LoadedStep, ProbeReading } from "./compile-run.ts";
import type { RunLedger } from "./ledger.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { RunPhase } from "./run-phase.ts";
import { gradientShares, queueLevels } from "./step-metrics.ts";

/** The steps of a run, taken one after another while the next one's batch is made ready. */
export interface Steps {
  /**
   * Takes the steps of these batches and yields the row of metrics of each. The next step runs already while
   * a row is looked at, except after a step that `holdAfter` names: then the state stands still until the
   * consumer asks for more.
   */
  of(batches: AsyncIterable<StepBatch>): AsyncGenerator<MetricsRow>;
  /** Waits for the step under way, if there is one. @returns its row. */
  finish(): Promise<MetricsRow | undefined>;
}

export interface StepsOptions {
  readonly run: PreparedRun;
  readonly compiled: CompiledRun;
  readonly clock: StepClock;
  readonly ledger: RunLedger;
  /** The health probe runs before every step whose number is a multiple of this. */
  readonly probeEvery: number;
  /** Whether the next step waits until the consumer has seen this step's row. Asked once a step. */
  readonly holdAfter: (step: number) => boolean;
  /** Whether no further step is to begin. */
  readonly isStopped: () => boolean;
  /** Ends the run by throwing. @param step the number of the step, from 1. */
  readonly onNotFinite: (step: number, metrics: Readonly<Record<string, number>>) => Promise<never>;
  /** Whether something was compiled since this was last asked. */
  readonly wasCompiled: () => boolean;
}

/** A batch in TensorFlow's memory, and what is done with it. */
interface LoadedBatch {
  readonly step: LoadedStep;
  readonly learningRate: number;
  readonly phase: RunPhase;
  /** Present where the health probe runs before the step. */
  readonly probe?: LoadedProbe;
}

/** The step under way: at most one, so that the state is always that of a whole step once it has ended. */
interface RunningStep {
  readonly scalars: Promise<Record<string, number>>;
  readonly learningRate: number;
  readonly phase: RunPhase;
  readonly reading?: ProbeReading;
}

export function createSteps(options: StepsOptions): Steps {
  const { run, compiled, clock, ledger, probeEvery, holdAfter, isStopped, onNotFinite, wasCompiled } =
    options;
  const { stepsPerEpoch, totalSteps } = run.facts;
  let running: RunningStep | undefined;

  /** Copies a batch into the engine's memory, for the step with this number of steps before it. */
  const load = (batch: StepBatch, taken: number): LoadedBatch => {
    const learningRate = run.learningRate(taken, totalSteps);
    const phase = run.phaseAt(taken);
    const arrived = performance.now();
    const loaded = {
      learningRate,
      phase,
      step: compiled.load(batch.parts, learningRate, phase),
      ...((taken + 1) % probeEvery === 0 ? { probe: compiled.loadProbe(batch.parts[0]!, phase) } : {}),
    };
    ledger.addHandOver((performance.now() - arrived) / 1000);
    batch.release();
    return loaded;
  };

  /** The probe runs before the state moves, so that both are by the same batch. */
  const begin = async ({ step, probe, learningRate, phase }: LoadedBatch): Promise<void> => {
    const reading = await probe?.run();
    if (probe !== undefined) clock.resume();
    wasCompiled(); // what was compiled between steps took none of this one's time
    const scalars = clock.time(() => step.run(), wasCompiled);
    scalars.catch(() => {}); // met by `finish`
    running = { scalars, learningRate, phase, ...(reading === undefined ? {} : { reading }) };
  };

  const finish = async (): Promise<MetricsRow | undefined> => {
    if (running === undefined) return undefined;
    const { scalars, learningRate, phase, reading } = running;
    running = undefined;
    const values = { ...(await scalars), lr: learningRate };
    const step = ledger.step + 1;
    if (notFiniteScalars(values, compiled.description!.terms).length > 0) return onNotFinite(step, values);
    const levels = queueLevels(run.queues, ledger.metrics, compiled.pushedIn(phase));
    ledger.addStep({ ...values, ...gradientShares(reading), ...levels });
    return {
      step,
      epoch: step / stepsPerEpoch,
      values: ledger.metrics,
      ...(reading?.cosines === undefined ? {} : { cosines: reading.cosines }),
    };
  };

  return {
    finish,
    async *of(batches) {
      clock.resume();
      for await (const batch of batches) {
        const next = load(batch, ledger.step + (running === undefined ? 0 : 1));
        const row = await finish();
        const held = row !== undefined && holdAfter(row.step);
        if (!isStopped() && !held) await begin(next);
        if (row !== undefined) yield row;
        if (isStopped()) break;
        if (!held) continue;
        clock.resume();
        await begin(next);
      }
      const last = await finish();
      if (last !== undefined) yield last;
    },
  };
}
