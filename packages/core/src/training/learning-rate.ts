import type { LearningSettings } from "../config/run-settings.ts";
import { constant, cosine, type Schedule, steps, warmup } from "../state/schedules.ts";

/** The learning rate of every step of a run, as its config says. */
export function learningRateSchedule(
  { lr, schedule, finalLr, warmupEpochs, warmupFrom, milestones, factor }: LearningSettings,
  stepsPerEpoch: number,
): Schedule {
  const warmupSteps = Math.round(warmupEpochs * stepsPerEpoch);
  const falling = steps({ value: lr, milestones, factor });
  const main = {
    cosine: cosine({ from: lr, to: finalLr }),
    constant: constant(lr),
    // Milestones are shares of the whole run; what follows a warm-up counts from its end.
    steps: (step: number, rest: number) => falling(step + warmupSteps, rest + warmupSteps),
  }[schedule];
  if (warmupEpochs === 0) return main;
  const from = warmupFrom === null ? {} : { from: warmupFrom };
  return warmup(warmupSteps, main, from);
}
