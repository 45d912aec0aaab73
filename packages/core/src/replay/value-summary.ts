import { countNotFinite } from "../run/not-finite.ts";

/** The numbers of a tensor in short. */
export interface ValueSummary {
  readonly shape: readonly number[];
  /** Smallest of the finite values; NaN, like `max` and `mean`, where there are none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly nan: number;
  readonly infinite: number;
}

/**
 * @example
 * ```ts
 * valueSummary([1, 3, NaN], [3]); // => { shape: [3], min: 1, max: 3, mean: 2, nan: 1, infinite: 0 }
 * ```
 */
export function valueSummary(values: ArrayLike<number>, shape: readonly number[]): ValueSummary {
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const { nan, infinite } = countNotFinite(values);
  const finite = values.length - nan - infinite;
  if (finite === 0) return { shape, min: NaN, max: NaN, mean: NaN, nan, infinite };
  return { shape, min, max, mean: sum / finite, nan, infinite };
}
