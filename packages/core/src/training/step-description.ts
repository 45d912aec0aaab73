import type { Metric, StepResult } from "../plugins/plugin.ts";
import type { PluginResult } from "./run-plugins.ts";

/** What is known of a step once it was recorded, whatever its numbers. */
export interface StepDescription {
  /** Names of the loss terms, such as "moco/infoNce". */
  readonly terms: ReadonlySet<string>;
  /** The chance level of each loss term that has one, by the term's name. */
  readonly chanceLevels: Readonly<Record<string, number>>;
  /** The largest value of each metric that has one, by the metric's name. */
  readonly highest: Readonly<Record<string, number>>;
}

/** Describes a step by what its plugins gave back. */
export function describeStep(results: readonly PluginResult[]): StepDescription {
  const terms = named(results, ({ terms }) => terms);
  const metrics = named(results, ({ metrics = {} }) => metrics);
  return {
    terms: new Set(terms.map(([name]) => name)),
    chanceLevels: numbers(terms.map(([name, { chance }]) => [name, chance])),
    highest: numbers(metrics.map(([name, metric]) => [name, isMetric(metric) ? metric.highest : undefined])),
  };
}

/** Whether a metric says more than its value. */
export const isMetric = (metric: object): metric is Metric => "value" in metric;

/** The entries of one field of all results, by "<plugin>/<name>". */
const named = <T>(
  results: readonly PluginResult[],
  field: (result: StepResult) => Readonly<Record<string, T>>,
): readonly (readonly [string, T])[] =>
  results.flatMap(({ plugin, result }) =>
    Object.entries(field(result)).map(([name, value]) => [`${plugin}/${name}`, value] as const),
  );

const numbers = (entries: readonly (readonly [string, number | undefined])[]): Record<string, number> =>
  Object.fromEntries(entries.filter((entry): entry is readonly [string, number] => entry[1] !== undefined));
