import type { KnnResults, MetricRow, ReportData } from "./report-data.ts";

/** All that the page's script needs to draw one chart. JSON: gaps are null. */
export interface Chart {
  readonly title: string;
  /** Percent charts hold values in 0…100. */
  readonly unit: "" | "%";
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  readonly values: readonly (number | null)[];
  readonly references: readonly { readonly value: number; readonly label: string }[];
  /** Logged values that one point is the mean of. */
  readonly perPoint: number;
}

/** A chart is at most this many points wide: more cannot be seen and would make the file large. */
const MOST_POINTS = 1000;

const TITLES: Readonly<Record<string, string>> = {
  loss: "Total loss",
  lr: "Learning rate",
  imagesPerSecond: "Images/s",
};

/** One chart per metric: kNN first, then the loss and its terms, then the rest. A metric without a number has none. */
export function planCharts(data: ReportData): readonly Chart[] {
  const names = [...new Set(data.metrics.flatMap(({ values }) => Object.keys(values)))];
  names.sort((a, b) => rank(a) - rank(b));
  const charts = names.map((name) => metricChart(name, data));
  if (data.knn) charts.unshift(knnChart(data.knn));
  return charts.filter(({ values }) => values.some((value) => value !== null));
}

function rank(name: string): number {
  if (name === "loss") return 0;
  if (name.includes("/")) return 1;
  return name in TITLES ? 3 : 2;
}

function metricChart(name: string, { metrics, references }: ReportData): Chart {
  const rows = metrics.filter(({ values }) => name in values);
  const reference = references?.[name];
  const perPoint = Math.max(1, Math.ceil(rows.length / MOST_POINTS));
  const buckets: MetricRow[][] = [];
  for (let at = 0; at < rows.length; at += perPoint) buckets.push(rows.slice(at, at + perPoint));
  return {
    title: TITLES[name] ?? name,
    unit: "",
    steps: buckets.map((bucket) => bucket.at(-1)!.step),
    epochs: buckets.map((bucket) => brief(bucket.at(-1)!.epoch) ?? 0),
    values: buckets.map((bucket) => brief(meanOf(bucket.map(({ values }) => values[name])))),
    references: reference && Number.isFinite(reference.value) ? [reference] : [],
    perPoint,
  };
}

function knnChart({ points, untrained, chance }: KnnResults): Chart {
  const start =
    untrained === undefined || points[0]?.step === 0 ? [] : [{ step: 0, epoch: 0, accuracy: untrained }];
  const all = [...start, ...points];
  return {
    title: "kNN accuracy",
    unit: "%",
    steps: all.map(({ step }) => step),
    epochs: all.map(({ epoch }) => brief(epoch) ?? 0),
    values: all.map(({ accuracy }) => brief(accuracy * 100)),
    references: [
      ...(untrained === undefined ? [] : [{ value: untrained * 100, label: "untrained" }]),
      ...(chance === undefined ? [] : [{ value: chance * 100, label: "guessing" }]),
    ],
    perPoint: 1,
  };
}

/** Mean of the numbers among the values; NaN when there is none, so that a gap stays a gap. */
function meanOf(values: readonly (number | null | undefined)[]): number {
  const finite = values.filter((value) => Number.isFinite(value)) as number[];
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/** Six digits are more than a chart shows. */
const brief = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
