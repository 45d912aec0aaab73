import type { PreparedRun } from "../training/prepare-run.ts";

type Phases = Pick<PreparedRun, "facts" | "phaseAt">;

const stepsOf = ({ facts }: Phases): readonly number[] =>
  Array.from({ length: facts.totalSteps }, (_, step) => step);

/**
 * The first steps of each phase of a run; those from 0 on where no plugin has phases.
 *
 * @param count how many of each phase.
 */
export function phaseStarts(run: Phases, count = 1): readonly number[] {
  const starts = firstOfEach(stepsOf(run), (step) => run.phaseAt(step).key);
  return stepsOf(run).filter((step) => starts.some((start) => start <= step && step < start + count));
}

/** The steps at which a run's phase changes; those at which it changes as it did before are left out. */
export const phaseChanges = (run: Phases): readonly number[] =>
  firstOfEach(
    stepsOf(run).filter((step) => step > 0 && run.phaseAt(step).key !== run.phaseAt(step - 1).key),
    (step) => `${run.phaseAt(step - 1).key} > ${run.phaseAt(step).key}`,
  );

function firstOfEach(steps: readonly number[], keyOf: (step: number) => string): readonly number[] {
  const seen = new Set<string>();
  return steps.filter((step) => {
    const key = keyOf(step);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
