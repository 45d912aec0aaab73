import type { Chart } from "./page-data.ts";

/** Short enough for a narrow axis: `12k`, `0.05`, `3e-5`. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  if (size !== 0 && size < 0.001) return value.toExponential().replace(/(\.\d)\d+/, "$1");
  return String(Number(value.toPrecision(6)));
}

/** A value of a chart as its readout shows it: "33.4 %", "−0.05", "–" for a gap. */
export function readoutText(value: number | null | undefined, { unit }: Pick<Chart, "unit">): string {
  if (value === null || value === undefined) return "–";
  const digits = unit === "%" ? `${value.toFixed(1)} %` : tickText(Number(value.toPrecision(4)));
  return digits.replace(/-/g, "−");
}
