import type { MetricsRow } from "../metrics/metrics-row.ts";

/** The step before which nothing is said to be wrong. */
export const FIRST_JUDGED_STEP = 50;
/** Steps for which something must have been wrong. */
const LASTING_STEPS = 20;

/** Metrics as means over the rows up to each one. */
export interface MetricsHistory {
  readonly rows: readonly MetricsRow[];
  readonly steps: readonly number[];
  /** Steps taken. */
  readonly step: number;
  /** NaN where the run logs no such thing. */
  mean(name: string): readonly number[];
}

export function smoothed(rows: readonly MetricsRow[]): MetricsHistory {
  const window = Math.min(50, Math.ceil(rows.length / 10));
  const known = new Map<string, readonly number[]>();
  return {
    rows,
    steps: rows.map(({ step }) => step),
    step: rows.at(-1)!.step,
    mean(name) {
      let means = known.get(name);
      if (means === undefined) {
        means = runningMeans(
          rows.map((row) => row.values[name] ?? NaN),
          window,
        );
        known.set(name, means);
      }
      return means;
    },
  };
}

/** The mean of the finite ones among the last `window` values up to each. */
function runningMeans(values: readonly number[], window: number): number[] {
  let [sum, count] = [0, 0];
  return values.map((value, i) => {
    const gone = values[i - window];
    if (Number.isFinite(value)) [sum, count] = [sum + value, count + 1];
    if (gone !== undefined && Number.isFinite(gone)) [sum, count] = [sum - gone, count - 1];
    return count === 0 ? NaN : sum / count;
  });
}

export function finiteMean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/**
 * The step since which `isSo` has held without a break; undefined where it does not hold, or not for long.
 */
export function since({ steps, step }: MetricsHistory, isSo: (row: number) => boolean): number | undefined {
  let first: number | undefined;
  for (let row = steps.length - 1; row >= 0 && isSo(row); row--) first = steps[row];
  return first === undefined || step < FIRST_JUDGED_STEP || step - first < LASTING_STEPS ? undefined : first;
}

/** The most steps without a break for which `isSo` has held. */
export function longestStretch(
  { steps }: MetricsHistory,
  isSo: (row: number) => boolean,
): { readonly from: number; readonly to: number } | undefined {
  let longest: { from: number; to: number } | undefined;
  let from: number | undefined;
  for (const [row, step] of steps.entries()) {
    from = isSo(row) ? (from ?? step) : undefined;
    if (from !== undefined && (longest === undefined || step - from > longest.to - longest.from)) {
      longest = { from, to: step };
    }
  }
  return longest;
}
