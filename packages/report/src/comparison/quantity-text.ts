import { bytes, duration, percent, points, short } from "@tssl/core/internal";

import { type Difference, EVALUATED } from "./comparison.ts";

interface Unit {
  readonly label: string;
  readonly value: (value: number) => string;
  /** With a sign. */
  readonly difference: (value: number) => string;
}

const signed = (text: string): string => (/^[−-]/.test(text) ? text : `+${text}`);
/** Differences below this are rounding errors of equal sums. */
const ROUNDING = 1e-12;
const plain = (label: string): Unit => ({
  label,
  value: short,
  difference: (value) => signed(short(Math.abs(value) < ROUNDING ? 0 : value)),
});
const accuracy = (label: string): Unit => ({
  label,
  value: percent,
  difference: (value) => points(value).replace(" points", ""),
});

const UNITS: Readonly<Record<string, Unit>> = {
  knn: accuracy("kNN accuracy"),
  linear: accuracy("Linear accuracy"),
  loss: plain("Loss, last epoch"),
  seconds: {
    label: "Time",
    value: duration,
    difference: (value) => `${value < 0 ? "−" : "+"}${duration(Math.abs(value))}`,
  },
  imagesPerSecond: plain("Images/s"),
  peakMemoryBytes: {
    label: "Peak memory",
    value: bytes,
    difference: (value) => signed(bytes(value)),
  },
};

/** "knn" is read as "kNN accuracy". */
export const quantityLabel = (name: string): string => unitOf(name).label;

/** "35.4 %", or "–" where there is none. */
export const quantityText = (name: string, value: number | null): string =>
  value === null ? "–" : unitOf(name).value(value);

/** "+1.2 [+0.3, +2.0]", accuracies in percentage points. */
export function differenceText(name: string, difference: Difference | undefined): string {
  if (difference === undefined) return "";
  const { difference: text } = unitOf(name);
  const { mean, interval } = difference;
  return interval === undefined
    ? text(mean)
    : `${text(mean)} [${text(interval.low)}, ${text(interval.high)}]`;
}

const unitOf = (name: string): Unit =>
  UNITS[name] ?? (name.startsWith(EVALUATED) ? accuracy(name.slice(EVALUATED.length)) : plain(name));
