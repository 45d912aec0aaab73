import type { CosineCounts } from "../metrics/metrics-row.ts";
import { assessHealth } from "./assess-health.ts";
import type { HealthFinding, HealthRecord } from "./health-finding.ts";
import { hasShares, SHARE } from "./health-rows.ts";

/** The health of a run, without labels. */
export interface RunHealth {
  /** Steps taken, as far as they are logged. */
  readonly step: number;
  readonly queues: readonly QueueLevel[];
  /**
   * Each loss term's share of the gradient when it was last measured; absent with one term, or before that.
   */
  readonly gradient?: { readonly step: number; readonly shares: Readonly<Record<string, number>> };
  /** Counts of cosines when they were last measured; absent before that. */
  readonly cosines?: CosineCounts & { readonly step: number };
  /** Gravest first; empty before the first step. */
  readonly findings: readonly HealthFinding[];
}

export interface QueueLevel {
  /** "moco.keys" */
  readonly name: string;
  /** Share of the rows that hold embeddings, 0 .. 1. */
  readonly filled: number;
  /** Steps since the oldest embedding in it was made. */
  readonly oldestSteps: number;
}

/** Gathers what a run has logged about its health, and assesses it. */
export function runHealth(record: HealthRecord): RunHealth {
  const { rows, queueSteps } = record;
  const step = rows.at(-1)?.step ?? 0;
  const shared = rows.findLast(hasShares);
  const counted = rows.findLast(({ cosines }) => cosines !== undefined);
  return {
    step,
    queues: Object.entries(queueSteps).map(([name, steps]) => {
      const logged = rows.findLast(({ values }) => `${name}/filled` in values)?.values;
      return {
        name,
        filled: logged?.[`${name}/filled`] ?? Math.min(1, step / steps),
        oldestSteps: logged?.[`${name}/oldestSteps`] ?? Math.min(step, steps),
      };
    }),
    ...(shared === undefined ? {} : { gradient: { step: shared.step, shares: sharesOf(shared.values) } }),
    ...(counted === undefined ? {} : { cosines: { step: counted.step, ...counted.cosines! } }),
    findings: assessHealth(record),
  };
}

const sharesOf = (values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, share]) =>
      name.endsWith(SHARE) ? [[name.slice(0, -SHARE.length), share]] : [],
    ),
  );
