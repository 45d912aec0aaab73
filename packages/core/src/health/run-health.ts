import type { CosineCounts } from "../metrics/metrics-log.ts";
import { assessHealth, type HealthFinding, type HealthRecord } from "./assess-health.ts";

/** How a run stands, without labels. */
export interface RunHealth {
  /** Steps taken, as far as they are logged. */
  readonly step: number;
  readonly queues: readonly QueueLevel[];
  /** Of the gradient, each loss term's share when it was last looked at; absent where there is one term, or it was not yet. */
  readonly gradient?: { readonly step: number; readonly shares: Readonly<Record<string, number>> };
  /** When they were last looked at; absent where they were not yet. */
  readonly cosines?: CosineCounts & { readonly step: number };
  /** Gravest first; empty before the first step. */
  readonly findings: readonly HealthFinding[];
}

export interface QueueLevel {
  /** "moco.keys" */
  readonly name: string;
  /** The share that holds embeddings, 0 .. 1. */
  readonly filled: number;
  /** Steps since the oldest embedding in it was made. */
  readonly oldestSteps: number;
}

const SHARE = "/gradientShare";

/** Gathers what a run has logged of its health, and what it amounts to. */
export function runHealth(record: HealthRecord): RunHealth {
  const { rows, queueSteps } = record;
  const step = rows.at(-1)?.step ?? 0;
  const shared = rows.findLast(({ values }) => Object.keys(values).some((name) => name.endsWith(SHARE)));
  const counted = rows.findLast(({ cosines }) => cosines !== undefined);
  return {
    step,
    queues: Object.entries(queueSteps).map(([name, steps]) => ({
      name,
      filled: Math.min(1, step / steps),
      oldestSteps: Math.min(step, steps),
    })),
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
