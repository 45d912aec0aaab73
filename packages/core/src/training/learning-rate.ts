import type { LearningSettings } from "../config/run-config.ts";
import { constant, cosine, type Schedule, steps, warmup } from "../state/schedules.ts";

/** The learning rate of every step of a run, as its config says. */
export function learningRateSchedule(
  { lr, schedule, finalLr, warmupEpochs, warmupFrom, milestones, factor }: LearningSettings,
  stepsPerEpoch: number,
): Schedule {
  const main = {
    cosine: cosine({ from: lr, to: finalLr }),
    constant: constant(lr),
    steps: steps({ value: lr, milestones, factor }),
  }[schedule];
  if (warmupEpochs === 0) return main;
  const from = warmupFrom === null ? {} : { from: warmupFrom };
  return warmup(Math.round(warmupEpochs * stepsPerEpoch), main, from);
}
