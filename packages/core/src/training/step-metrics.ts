import { partsPerStep } from "../plugins/run-facts.ts";
import type { ProbeReading } from "./compile-run.ts";
import type { PushedRows } from "../state/queue.ts";
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

/**
 * The share of each queue's rows that hold embeddings, and the age in steps of the oldest of them; nothing of
 * a queue that was not pushed into yet.
 *
 * @param before metrics of the step before. @param pushed by this step.
 */
export const queueLevels = (
  queues: PreparedRun["queues"],
  before: Readonly<Record<string, number>>,
  pushed: PushedRows,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(queues).flatMap(([name, { size }]) => {
      const rows = pushed[name] ?? 0;
      const [filledBefore, oldestBefore] = [
        before[`${name}/filled`] ?? 0,
        before[`${name}/oldestSteps`] ?? 0,
      ];
      if (rows === 0 && filledBefore === 0) return [];
      const filled = Math.min(size, Math.round(filledBefore * size) + rows);
      const oldest = rows === 0 ? oldestBefore + 1 : Math.min(oldestBefore + 1, Math.ceil(size / rows));
      return [
        [`${name}/filled`, filled / size],
        [`${name}/oldestSteps`, oldest],
      ];
    }),
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
