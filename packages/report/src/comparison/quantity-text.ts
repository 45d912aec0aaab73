import { bytes, duration, percent, short, signedPoints } from "@tssl/core/internal";

import { titleOf } from "../report/plan-charts.ts";
import { type Difference, EVALUATED, isAccuracy } from "./comparison.ts";
import type { Scale } from "./scale.ts";

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
  difference: (value) => (Math.abs(value) < ROUNDING ? "0" : signed(short(value))),
});
/** What plugins log beside what charts have a title for: "moco: infoNce" for "moco/infoNce". */
const logged = (name: string): string => {
  const title = titleOf(name);
  return title === name ? name.replace("/", ": ") : title;
};
const accuracy = (label: string): Unit => ({
  label,
  value: percent,
  difference: signedPoints,
});

const UNITS: Readonly<Record<string, Unit>> = {
  knn: accuracy("kNN accuracy"),
  linear: accuracy("Linear accuracy"),
  loss: plain("Total loss"),
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

/** "kNN accuracy", "accuracy (linear probe, 10 % of the labels, …)" */
export function accuracyInSentence(name: string): string {
  if (name.startsWith(EVALUATED)) return `accuracy (${name.slice(EVALUATED.length)})`;
  return name === "linear" ? "linear accuracy" : quantityLabel(name);
}

/** "35.4 %", or "–" where there is none. */
export const quantityText = (name: string, value: number | null): string =>
  value === null ? "–" : unitOf(name).value(value);

/** "+1.2 [+0.3, +2.0]", accuracies in percentage points. */
export const differenceText = (name: string, difference: Difference | undefined): string =>
  `${meanDifferenceText(name, difference)} ${intervalText(name, difference)}`.trim();

/** "+1.2"; nothing where there is no difference. */
export const meanDifferenceText = (name: string, difference: Difference | undefined): string =>
  difference === undefined ? "" : unitOf(name).difference(difference.mean);

/** "[+0.3, +2.0]"; nothing where there is no interval. */
export function intervalText(name: string, difference: Difference | undefined): string {
  if (difference?.interval === undefined) return "";
  const { difference: text } = unitOf(name);
  return `[${text(difference.interval.low)}, ${text(difference.interval.high)}]`;
}

/** The heading that a quantity stands under among the details of a comparison. */
export function quantityGroup(name: string): string {
  if (name.startsWith("embedding/")) return "Embeddings";
  if (/\/(filled|oldestSteps)$/.test(name)) return "Queues";
  return "Loss, and what plugins log";
}

/** A number below a plot, with as many digits as its ticks need: "28 %", "+0.5". */
export function quantityTick(name: string, tick: number, { ticks }: Scale, sign = false): string {
  const scaled = isAccuracy(name) ? 100 : 1;
  const step = (ticks[1]! - ticks[0]!) * scaled;
  const digits = Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const text = (tick * scaled).toFixed(digits).replace("-", "−");
  const unit = isAccuracy(name) && !sign ? " %" : "";
  return `${sign && tick > 0 ? "+" : ""}${text}${unit}`;
}

const unitOf = (name: string): Unit =>
  UNITS[name] ?? (name.startsWith(EVALUATED) ? accuracy(name.slice(EVALUATED.length)) : plain(logged(name)));
