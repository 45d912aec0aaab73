/** An axis from one round number to another. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Round numbers from `low` to `high`, these included. */
  readonly ticks: readonly number[];
}

/** Steps between ticks, times a power of ten; the last one is always large enough. */
const STEPS = [1, 2, 5, 10, 20];

/**
 * The shortest axis with at most `most` steps of 1, 2 or 5 times a power of ten that holds all values.
 *
 * @example
 * ```ts
 * scaleOf([0.213, 0.284]); // => { low: 0.2, high: 0.3, ticks: [0.2, 0.22, 0.24, 0.26, 0.28, 0.3] }
 * ```
 */
export function scaleOf(values: readonly number[], most = 5): Scale {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const around = least === greatest ? Math.abs(least) / 20 || 1 : 0;
  const [from, to] = [least - around, greatest + around];
  const power = 10 ** Math.floor(Math.log10((to - from) / most));
  const ends = (step: number) =>
    [Math.floor(from / step + ROUNDING), Math.ceil(to / step - ROUNDING)] as const;
  const step = STEPS.map((unit) => unit * power).find((each) => {
    const [first, last] = ends(each);
    return last - first <= most;
  })!;
  const [first, last] = ends(step);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => rounded((first + i) * step));
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks };
}

/** A value at a tick is on it, whatever its last bits are. */
const ROUNDING = 1e-9;

const rounded = (value: number): number => Number(value.toPrecision(12));

/** Where a value lies along an axis: 0 at its low end, 1 at its high end. */
export const placeOn = ({ low, high }: Pick<Scale, "low" | "high">, value: number): number =>
  (value - low) / (high - low);
