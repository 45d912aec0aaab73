import {
  type Comparison,
  COSTS,
  differenceText,
  isAccuracy,
  quantityLabel,
  quantityText,
  verdictOf,
} from "@tssl/report";

import { counted } from "@tssl/core/internal";

import { table } from "./table.ts";

/**
 * A comparison as tables, one for each accuracy and cost: values by seed, mean, standard deviation (std), and
 * the difference from the baseline. Below them the outcome in words.
 */
export function comparisonText(comparison: Comparison): string {
  const { seeds, variants, quantities, baseline } = comparison;
  const shown = quantities.filter(({ name }) => isAccuracy(name) || COSTS.includes(name));
  const tables = shown.map(({ name, variants: rows }) => {
    const text = (value: number | null) => quantityText(name, value);
    return table([
      [quantityLabel(name), ...seeds.map((seed) => `seed ${seed}`), "mean", "std", `minus ${baseline}`],
      ...rows.map(({ variant, values, mean, deviation, difference }) => [
        variant,
        ...values.map(text),
        text(mean),
        text(deviation),
        differenceText(name, difference),
      ]),
    ]);
  });
  const hasIntervals = shown.some((quantity) =>
    quantity.variants.some(({ difference }) => difference?.interval !== undefined),
  );
  const others = quantities.length - shown.length;
  const notes = [
    ...(hasIntervals ? [INTERVAL_NOTE] : []),
    ...(others > 0 && variants.length > 1
      ? [`The page and --json have ${counted(others, "more quantity", "more quantities")}.`]
      : []),
  ];
  const { headline, details } = verdictOf(comparison);
  return [...tables, notes.join("\n"), [headline, ...details].join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}

const INTERVAL_NOTE =
  "In brackets: 95 % interval of the mean difference over the seeds (paired percentile bootstrap, 10,000 " +
  "resamples).";
