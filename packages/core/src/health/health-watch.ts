import { assessHealth } from "./assess-health.ts";
import type { HealthFinding, HealthRecord } from "./health-finding.ts";
import { type HealthRows, healthRows } from "./health-rows.ts";

/** Follows the health of a run that is under way, in little memory however long it is. */
export interface HealthWatch extends Pick<HealthRows, "add"> {
  /**
   * The findings, where one has come, gone or changed its level since they were last asked for; undefined
   * otherwise.
   */
  news(levels: Omit<HealthRecord, "rows">): readonly HealthFinding[] | undefined;
}

/** @param rows those of earlier parts of the run; more are added to them. */
export function watchHealth(rows: HealthRows = healthRows()): HealthWatch {
  let told = "";
  return {
    add: (row) => rows.add(row),
    news(levels) {
      const findings = assessHealth({ rows: rows.rows(), ...levels });
      const now = findings.map(({ about, level }) => `${about} ${level}`).join();
      if (now === told) return undefined;
      told = now;
      return findings;
    },
  };
}
