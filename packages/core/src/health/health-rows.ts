import type { MetricsRow } from "../metrics/metrics-row.ts";
import { thinned } from "../metrics/thinned.ts";

/** Rows that are kept; of a longer run every second one, every fourth, … */
const MOST_ROWS = 2000;

/** The suffix of a term's share of the gradient; see `health-probe.ts`. */
export const SHARE = "/gradientShare";

/** What health is judged by, in little memory however long the run is. */
export interface HealthRows {
  /** Takes the next row of the log. Those of evaluations are left aside. */
  add(row: MetricsRow): void;
  /**
   * Rows in the order of the log, thinned out evenly. The last one is always there, and so are the last with
   * shares of the gradient and the last with cosines.
   */
  rows(): readonly MetricsRow[];
}

export function healthRows(): HealthRows {
  const some = thinned<MetricsRow>(MOST_ROWS);
  let [last, shared, counted]: (MetricsRow | undefined)[] = [];
  return {
    add(row) {
      if (!("loss" in row.values)) return;
      last = row;
      if (hasShares(row)) shared = row;
      if (row.cosines !== undefined) counted = row;
      some.add(row);
    },
    rows() {
      const { kept } = some;
      const others = [shared, counted, last].filter((row) => row !== undefined && !kept.includes(row));
      return [...kept, ...new Set(others as MetricsRow[])].sort((a, b) => a.step - b.step);
    },
  };
}

/** Whether a row says how much of the gradient each term has. */
export const hasShares = ({ values }: MetricsRow): boolean =>
  Object.keys(values).some((name) => name.endsWith(SHARE));
