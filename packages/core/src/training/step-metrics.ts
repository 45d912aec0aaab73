import { partsPerStep } from "../plugins/run-facts.ts";
import type { ProbeReading } from "./compile-run.ts";
import type { PreparedRun } from "./prepare-run.ts";

/**
 * How long each term's gradient is, as a share of the sum of these lengths; nothing where there is but one
 * term.
 */
export function gradientShares(reading: ProbeReading | undefined): Record<string, number> {
  const norms = Object.entries(reading?.gradientNorms ?? {});
  if (norms.length < 2) return {};
  const sum = norms.reduce((total, [, norm]) => total + norm, 0);
  return Object.fromEntries(norms.map(([name, norm]) => [`${name}/gradientShare`, norm / sum]));
}

/** The share of each queue's rows that hold embeddings, and the age in steps of the oldest of them. */
export const queueLevels = (run: PreparedRun, step: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(queueSteps(run)).flatMap(([name, steps]) => [
      [`${name}/filled`, Math.min(1, step / steps)],
      [`${name}/oldestSteps`, Math.min(step, steps)],
    ]),
  );

/** After how many steps a row leaves each queue. */
export function queueSteps({ queues, facts }: Pick<PreparedRun, "queues" | "facts">): Record<string, number> {
  const partCount = partsPerStep(facts);
  return Object.fromEntries(
    Object.entries(queues).flatMap(([name, { size, pushed }]) =>
      pushed === 0 ? [] : [[name, Math.ceil(size / (pushed * partCount))]],
    ),
  );
}
