import type { MetricsRow } from "../metrics/metrics-log.ts";
import { assessHealth, type HealthFinding, type HealthRecord } from "./assess-health.ts";

/** Rows that are kept; of a longer run every second one, every fourth, … */
const MOST_ROWS = 2000;

/** Follows the health of a run that is under way, in little memory however long it is. */
export interface HealthWatch {
  add(row: MetricsRow): void;
  /**
   * The findings, where one has come, gone or changed its level since they were last asked for; undefined
   * otherwise.
   */
  news(levels: Omit<HealthRecord, "rows">): readonly HealthFinding[] | undefined;
}

/** @param past rows of earlier parts of the run. */
export function watchHealth(past: readonly MetricsRow[]): HealthWatch {
  let rows: MetricsRow[] = [];
  let stride = 1;
  let seen = 0;
  let told = "";
  const add = (row: MetricsRow): void => {
    if (!("loss" in row.values)) return;
    if (seen++ % stride === 0) rows.push(row);
    if (rows.length <= MOST_ROWS) return;
    rows = rows.filter((_, i) => i % 2 === 0);
    stride *= 2;
  };
  past.forEach(add);

  return {
    add,
    news(levels) {
      const findings = assessHealth({ rows, ...levels });
      const now = findings.map(({ about, level }) => `${about} ${level}`).join();
      if (now === told) return undefined;
      told = now;
      return findings;
    },
  };
}
