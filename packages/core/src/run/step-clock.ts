import { meanOf } from "../metrics/mean-of.ts";

/** Where a run's time went, in seconds. */
export interface TimeShares {
  /** Steps that had to be compiled. */
  readonly compile: number;
  readonly step: number;
  /** No step ran, because its images were not there yet. */
  readonly dataWait: number;
}

/** The time that a clock has counted so far; a run that goes on begins with it. */
export interface ClockReading {
  readonly shares: TimeShares;
  /** Steps timed. */
  readonly steps: number;
}

/** Keeps time of steps that follow each other, where the next may be made ready while one runs. */
export interface StepClock {
  /** Now begins what is timed: the run, or what comes after an evaluation. */
  resume(): void;
  /**
   * Runs a step and times it to its own end, however late its result is taken.
   *
   * @param compiled asked at the end: whether the step was compiled on the way.
   */
  time<Result>(step: () => Promise<Result>, compiled: () => boolean): Promise<Result>;
  reading(): ClockReading;
  /** Seconds from step to step, averaged over the last ones; NaN before the first step is timed. */
  secondsPerStep(): number;
  /** Seconds from step to step over all of them. */
  meanSecondsPerStep(): number;
}

/** Steps over which the speed shown is averaged. */
const WINDOW = 20;

const NOTHING: ClockReading = { shares: { compile: 0, step: 0, dataWait: 0 }, steps: 0 };

/**
 * @param earlier what was counted before, by an earlier part of the run.
 * @param now seconds on any clock.
 */
export function createStepClock(
  earlier: ClockReading = NOTHING,
  now: () => number = () => performance.now() / 1000,
): StepClock {
  const shares = { ...earlier.shares };
  let { steps } = earlier;
  let recent: number[] = [];
  let idleFrom = now();

  function count(begun: number, compiled: boolean): void {
    const ended = now();
    if (compiled) {
      shares.compile += ended - begun;
    } else {
      shares.step += ended - begun;
      shares.dataWait += begun - idleFrom;
      recent = [...recent.slice(1 - WINDOW), ended - idleFrom];
      steps++;
    }
    idleFrom = ended;
  }

  return {
    reading: () => ({ shares: { ...shares }, steps }),
    resume: () => (idleFrom = now()),
    async time(step, compiled) {
      const begun = now();
      const result = await step();
      count(begun, compiled());
      return result;
    },
    secondsPerStep: () => meanOf(recent),
    meanSecondsPerStep: () => (shares.step + shares.dataWait) / steps,
  };
}
