/** A number with the six digits that a chart can show at most; null, a gap, for one that is not finite. */
export const chartNumber = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
