import type { Chart, Curve, ReferenceLevel } from "../browser/page-data.ts";
import { chartNumber } from "./chart-number.ts";
import type { MetricCurve } from "./metrics-digest.ts";
import type { KnnResults, ReportData } from "./report-data.ts";

/** The parts of a run that charts are drawn from. */
export type ChartSource = Pick<ReportData, "title" | "knn" | "references"> & {
  readonly metrics: Pick<ReportData["metrics"], "curves">;
};

const TITLES: Readonly<Record<string, string>> = {
  loss: "Total loss",
  lr: "Learning rate",
  imagesPerSecond: "Images/s",
  "embedding/spread": "Spread of embeddings",
  "embedding/rank": "Effective rank of embeddings",
  "embedding/alignment": "Alignment: squared distance of two views (lower is closer)",
  "embedding/uniformity": "Uniformity (lower is more even)",
  "embedding/positive": "Cosine of two views of an image",
  "embedding/negative": "Cosine of two images",
  gradientNorm: "Norm of the gradient",
  weightNorm: "Norm of the weights",
};

/** Titles of what is logged for each queue and each loss term, by the end of its name. */
const TITLES_BY_END: Readonly<Record<string, (owner: string) => string>> = {
  filled: (queue) => `Queue ${queue}: share that is filled`,
  oldestSteps: (queue) => `Queue ${queue}: steps since its oldest embedding`,
  gradientShare: (term) => `Share of the gradient: ${term}`,
};

/**
 * "Queue moco.keys: share that is filled" for "moco.keys/filled"; a name that has no title stays as it is.
 */
export function titleOf(name: string): string {
  const [, owner, end] = /^(.*)\/([^/]+)$/.exec(name) ?? [];
  return TITLES[name] ?? TITLES_BY_END[end ?? ""]?.(owner!) ?? name;
}

/** Metrics with a plugin's or queue's name that are no loss terms. */
const HEALTH = /^embedding\/|\/(gradientShare|filled|oldestSteps)$/;

/**
 * Plans one chart for each metric that has a number: kNN first, then the loss and its terms, then the rest.
 */
export const planCharts = (data: ChartSource): readonly Chart[] => chartsOf([{ data }]);

/** Plans the same charts with a curve for each run. Reference levels are kept where all runs share them. */
export const planOverlay = (runs: readonly ChartSource[]): readonly Chart[] =>
  chartsOf(runs.map((data) => ({ data, run: data.title })));

interface NamedSource {
  readonly data: ChartSource;
  readonly run?: string;
}

/** A chart of one run. */
type OwnChart = Pick<Chart, "title" | "unit" | "references"> & {
  readonly curve: Omit<Curve, "run" | "place">;
};

function chartsOf(sources: readonly NamedSource[]): readonly Chart[] {
  const names = [
    ...new Set(sources.flatMap(({ data }) => data.metrics.curves.map((curve) => curve.name))),
  ].sort((a, b) => rank(a) - rank(b));
  const plans = [
    ({ knn }: ChartSource) => knn && knnChart(knn),
    ...names.map((name) => (data: ChartSource) => {
      const curve = data.metrics.curves.find((each) => each.name === name);
      return curve && metricChart(curve, data);
    }),
  ];
  return plans.flatMap((plan) => {
    const own = sources.flatMap(({ data, run }, place) => {
      const chart = plan(data);
      return chart?.curve.values.some((value) => value !== null) ? [{ ...chart, run, place }] : [];
    });
    return own.length === 0 ? [] : [overlaid(own)];
  });
}

function overlaid(own: readonly (OwnChart & { readonly run: string | undefined; place: number })[]): Chart {
  const [first, ...others] = own;
  const isShared = (level: ReferenceLevel) =>
    others.every(({ references }) =>
      references.some(({ value, label }) => value === level.value && label === level.label),
    );
  return {
    title: first!.title,
    unit: first!.unit,
    curves: own.map(({ run, place, curve }) => ({ ...(run === undefined ? {} : { run }), place, ...curve })),
    references: first!.references.filter(isShared),
  };
}

function rank(name: string): number {
  if (name === "loss") return 0;
  if (name.includes("/")) return HEALTH.test(name) ? 2 : 1;
  return name in TITLES ? 3 : 2;
}

function metricChart(
  { name, steps, epochs, values, perPoint }: MetricCurve,
  { references }: ChartSource,
): OwnChart {
  const reference = references?.[name];
  return {
    title: titleOf(name),
    unit: "",
    curve: {
      steps,
      epochs: epochs.map((epoch) => chartNumber(epoch) ?? 0),
      values: values.map(chartNumber),
      perPoint,
    },
    references: reference && Number.isFinite(reference.value) ? [reference] : [],
  };
}

function knnChart({ points, untrained, chance }: KnnResults): OwnChart {
  const start =
    untrained === undefined || points[0]?.step === 0 ? [] : [{ step: 0, epoch: 0, accuracy: untrained }];
  const all = [...start, ...points];
  return {
    title: "kNN accuracy",
    unit: "%",
    curve: {
      steps: all.map(({ step }) => step),
      epochs: all.map(({ epoch }) => chartNumber(epoch) ?? 0),
      values: all.map(({ accuracy }) => chartNumber(accuracy * 100)),
      perPoint: 1,
    },
    references: [
      ...(untrained === undefined ? [] : [{ value: untrained * 100, label: "untrained" }]),
      ...(chance === undefined ? [] : [{ value: chance * 100, label: "guessing" }]),
    ],
  };
}
