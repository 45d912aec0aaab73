import type { RunSettings } from "../config/run-settings.ts";

/** Tells when a state is to be saved again. */
export interface SaveInterval {
  /** @param step how many are taken. */
  isOver(step: number): boolean;
  /** Begins the next one: the state is saved now. */
  begin(): void;
}

/** As the config's `checkpoint` has it: every so many steps, and every so many minutes. */
export function saveInterval({
  everySteps,
  everyMinutes,
}: Pick<RunSettings["checkpoint"], "everySteps" | "everyMinutes">): SaveInterval {
  let begun = performance.now();
  return {
    isOver(step) {
      if (everySteps !== null && step % everySteps === 0) return true;
      return everyMinutes !== null && performance.now() - begun >= everyMinutes * 60_000;
    },
    begin: () => void (begun = performance.now()),
  };
}
