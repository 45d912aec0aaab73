import type { HealthFinding } from "../health/health-finding.ts";
import type { HealthRows } from "../health/health-rows.ts";
import { watchHealth } from "../health/health-watch.ts";
import type { MetricsRow } from "../metrics/metrics-row.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { RunLedger } from "./ledger.ts";

/** Tells of a run's health as it changes. */
export interface HealthReports {
  /** Takes note of a step; after some of them the findings are told, if they are others than before. */
  see(row: MetricsRow): Promise<void>;
}

/** Health is assessed after so many steps, or after each epoch where that is sooner. */
const EVERY_STEPS = 50;

/** @param past those of earlier parts of the run. */
export function createHealthReports(
  past: HealthRows,
  { stepsPerEpoch, totalSteps }: RunFacts,
  ledger: Pick<RunLedger, "history">,
  tell: (findings: readonly HealthFinding[]) => Promise<void>,
): HealthReports {
  const health = watchHealth(past);
  const every = Math.min(stepsPerEpoch, EVERY_STEPS);
  return {
    async see(row) {
      health.add(row);
      if (row.step % every !== 0) return;
      const findings = health.news({ ...ledger.history(), totalSteps });
      if (findings !== undefined) await tell(findings);
    },
  };
}
