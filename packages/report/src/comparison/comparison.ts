import { isDeepStrictEqual } from "node:util";

import { meanOf } from "@tssl/core/internal";

import { bootstrapMean, type Interval } from "./bootstrap.ts";
import { deviationOf } from "../statistics/deviation-of.ts";

/** One run of a comparison, with its results and costs. */
export interface ComparedRun {
  readonly seed: number;
  /** Its run folder, from the comparison's folder. */
  readonly folder: string;
  readonly status: "finished" | "interrupted" | "failed" | "not run";
  /** Why it did not finish; of a finished run, why something measured afterwards is missing. */
  readonly reason?: string;
  /** By name: "knn", "linear", "loss", "moco/infoNce", …; of a finished run. */
  readonly measured: Readonly<Record<string, number>>;
  /** "knn" and "loss" over the epochs; of a finished run. */
  readonly curves?: Readonly<Record<string, LearningCurve>>;
  /** What of its config or images was changed when it was resumed, as "epochs was 4, is 5". */
  readonly changes?: readonly string[];
  /** Versions, device, cores: by the name to show. */
  readonly environment?: Readonly<Record<string, string | number>>;
}

/** One number of a run over its epochs. */
export interface LearningCurve {
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  readonly values: readonly number[];
}

/** Runs that differ in their seed alone. */
export interface ComparedVariant {
  readonly name: string;
  readonly runs: readonly ComparedRun[];
  /** The options of a sweep with this variant's values. */
  readonly varied?: readonly VariedOption[];
  /** The part of the config that decides what the loss is: plugins, batch size. */
  readonly objective?: unknown;
}

export interface VariedOption {
  /** "optimizer.lr" */
  readonly option: string;
  readonly value: unknown;
}

/** A variant's values of one quantity, and their difference from those of the baseline. */
export interface VariantValues {
  readonly variant: string;
  /** In the order of the seeds; null where there is no such number. */
  readonly values: readonly (number | null)[];
  readonly mean: number | null;
  /** Standard deviation over the seeds, with n - 1; null for fewer than two. */
  readonly deviation: number | null;
  /** Absent for the baseline, where no seed has both values, and for losses that are another sum. */
  readonly difference?: Difference;
}

/** This variant minus the baseline, seed by seed. */
export interface Difference {
  readonly values: readonly (number | null)[];
  readonly mean: number;
  /** 95 %, paired bootstrap; absent for fewer than `FEWEST_PAIRS` pairs, and for costs. */
  readonly interval?: Interval;
}

export interface QuantityComparison {
  readonly name: string;
  readonly variants: readonly VariantValues[];
}

/** Everything that a comparison says. */
export interface Comparison {
  readonly seeds: readonly number[];
  /** The name of the variant that the others are compared with. */
  readonly baseline: string;
  readonly variants: readonly ComparedVariant[];
  readonly quantities: readonly QuantityComparison[];
}

/** What the name of an accuracy begins with that `tssl evaluate` measured; its settings follow. */
export const EVALUATED = "evaluated: ";
/** The bootstrap of two differences is the two themselves: it holds the true mean in half of all cases. */
export const FEWEST_PAIRS = 3;

/** Quantities that are costs of a run. */
export const COSTS: readonly string[] = ["seconds", "imagesPerSecond", "peakMemoryBytes"];

/** Shares of test images that were classified right: the results of a run. */
export const isAccuracy = (name: string): boolean =>
  name === "linear" || name === "knn" || name.startsWith(EVALUATED);

/**
 * Compares every variant with the baseline: for each quantity, over the seeds that both have finished.
 *
 * @param baseline the name of a variant.
 */
export function compareVariants(
  seeds: readonly number[],
  variants: readonly ComparedVariant[],
  baseline: string = variants[0]!.name,
): Comparison {
  const names = new Set(
    variants.flatMap(({ runs }) => runs.flatMap(({ measured }) => Object.keys(measured))),
  );
  const reference = variants.find(({ name }) => name === baseline)!;
  return {
    seeds,
    baseline,
    variants,
    quantities: [...names]
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map((name) => compareQuantity(name, seeds, variants, reference)),
  };
}

/**
 * The linear probe first where it was trained, then kNN, other evaluations, the loss, its terms and other
 * logged numbers, then costs.
 */
function rank(name: string): number {
  const first = ["linear", "knn", EVALUATED, "loss"].findIndex((each) =>
    each === EVALUATED ? name.startsWith(each) : name === each,
  );
  if (first >= 0) return first;
  return COSTS.includes(name) ? 5 + COSTS.indexOf(name) : 4;
}

function compareQuantity(
  name: string,
  seeds: readonly number[],
  variants: readonly ComparedVariant[],
  baseline: ComparedVariant,
): QuantityComparison {
  const valuesOf = ({ runs }: ComparedVariant) =>
    seeds.map((seed) => runs.find((run) => run.seed === seed)?.measured[name] ?? null);
  const reference = valuesOf(baseline);
  return {
    name,
    variants: variants.map((variant) => {
      const values = valuesOf(variant);
      const known = values.filter((value) => value !== null);
      const isCompared = variant !== baseline && (name !== "loss" || haveSameLoss(variant, baseline));
      const difference = isCompared ? differenceOf(name, values, reference) : undefined;
      return {
        variant: variant.name,
        values,
        mean: known.length === 0 ? null : meanOf(known),
        deviation: known.length < 2 ? null : deviationOf(known),
        ...(difference === undefined ? {} : { difference }),
      };
    }),
  };
}

/**
 * A sum of two terms is no larger loss than one of them alone, and one of another weight, temperature or
 * number of negatives is another quantity. Terms and metrics are "<plugin>/<name>".
 */
export function haveSameLoss(one: ComparedVariant, other: ComparedVariant): boolean {
  const terms = ({ runs }: ComparedVariant) =>
    [...new Set(runs.flatMap(({ measured }) => Object.keys(measured).filter((name) => name.includes("/"))))]
      .sort()
      .join(" ");
  return terms(one) === terms(other) && isDeepStrictEqual(one.objective, other.objective);
}

function differenceOf(
  name: string,
  values: readonly (number | null)[],
  reference: readonly (number | null)[],
): Difference | undefined {
  const differences = values.map((value, i) => {
    const other = reference[i]!;
    return value === null || other === null ? null : value - other;
  });
  const known = differences.filter((difference) => difference !== null);
  if (known.length === 0) return undefined;
  const isUncertain = known.length >= FEWEST_PAIRS && !COSTS.includes(name);
  const interval = isUncertain ? bootstrapMean(known) : undefined;
  return { values: differences, mean: meanOf(known), ...(interval === undefined ? {} : { interval }) };
}
