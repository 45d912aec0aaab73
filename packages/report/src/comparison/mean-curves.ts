import { meanOf } from "@tssl/core/internal";

import type { Chart, Curve } from "../browser/page-data.ts";
import { chartNumber } from "../report/chart-number.ts";
import { type ComparedVariant, type Comparison, haveSameLoss, type LearningCurve } from "./comparison.ts";
import { deviationOf } from "../statistics/deviation-of.ts";

/**
 * Charts of kNN accuracy and loss over the epochs: a curve of means for each variant, with a band of one
 * standard deviation on both sides. Losses are drawn where they are the same sum.
 */
export function meanCurves({ variants, baseline }: Comparison): readonly Chart[] {
  const reference = variants.find(({ name }) => name === baseline)!;
  const alike = variants.filter((variant) => haveSameLoss(variant, reference));
  return [
    chart("kNN accuracy", "%", variants, variants, "knn"),
    ...(alike.length > 1 ? [chart("Total loss, mean of each epoch", "", variants, alike, "loss")] : []),
  ].filter(({ curves }) => curves.length > 0);
}

function chart(
  title: string,
  unit: Chart["unit"],
  all: readonly ComparedVariant[],
  shown: readonly ComparedVariant[],
  name: string,
): Chart {
  return {
    title,
    unit,
    curves: shown.flatMap((variant): Curve[] => {
      const own = variant.runs.flatMap(({ curves }) => curves?.[name] ?? []);
      const curve = meanCurve(own, unit === "%" ? 100 : 1);
      return curve === undefined ? [] : [{ run: variant.name, place: all.indexOf(variant), ...curve }];
    }),
    references: [],
  };
}

/** The mean of curves at the steps that all of them have; undefined where there are none. */
function meanCurve(
  curves: readonly LearningCurve[],
  times: number,
): Omit<Curve, "run" | "place"> | undefined {
  const [first, ...others] = curves.map(
    ({ steps, values }) => new Map(steps.map((step, i) => [step, values[i]!])),
  );
  if (first === undefined) return undefined;
  const steps = [...first.keys()].filter((step) => others.every((other) => other.has(step)));
  if (steps.length === 0) return undefined;
  const epochs = new Map(curves[0]!.steps.map((step, i) => [step, curves[0]!.epochs[i]!]));
  const points = steps.map((step) => [first, ...others].map((curve) => times * curve.get(step)!));
  const deviations = points.map((values) => (values.length < 2 ? 0 : deviationOf(values)));
  const edge = (sign: number) =>
    points.map((values, i) => chartNumber(meanOf(values) + sign * deviations[i]!));
  return {
    steps,
    epochs: steps.map((step) => chartNumber(epochs.get(step)!) ?? 0),
    values: edge(0),
    ...(curves.length < 2 ? {} : { band: { low: edge(-1), high: edge(1) } }),
    perPoint: 1,
  };
}
