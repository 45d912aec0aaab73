export type Values = readonly (number | null | undefined)[];

/**
 * Smooths a curve by a straight line through the points within `share` of the curve on both sides, read off
 * in the middle. Unlike a running mean it neither lags nor bends at the ends. Gaps stay gaps.
 */
export function smoothed(values: Values, share: number): (number | null)[] {
  const reach = Math.ceil(values.length * share);
  return values.map((value, at) => {
    if (value === null || value === undefined) return null;
    let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
    for (let i = Math.max(0, at - reach); i <= Math.min(values.length - 1, at + reach); i++) {
      const near = values[i];
      if (near === null || near === undefined) continue;
      const dx = i - at;
      [n, x, y, xx, xy] = [n + 1, x + dx, y + near, xx + dx * dx, xy + dx * near];
    }
    const spread = n * xx - x * x;
    return spread === 0 ? y / n : (y * xx - x * xy) / spread;
  });
}

/** Whether smoothing would show anything: true of a dense curve that wobbles, false of a learning rate. */
export function isNoisy(values: Values): boolean {
  if (values.length < 40) return false;
  const calm = smoothed(values, 0.02);
  const numbers = values.filter((value) => typeof value === "number");
  const range = Math.max(...numbers) - Math.min(...numbers);
  return values.some((value, i) => typeof value === "number" && Math.abs(value - calm[i]!) > range / 50);
}

/** The place nearest to `at` where there is a number; null where there is none. */
export function nearestNumber(values: ArrayLike<number | null | undefined>, at: number): number | null {
  for (let away = 0; away < values.length; away++) {
    for (const place of [at - away, at + away]) if (typeof values[place] === "number") return place;
  }
  return null;
}
