import { bootstrapMean, type Interval } from "./bootstrap.ts";

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
}

/** Runs that differ in their seed alone. */
export interface ComparedVariant {
  readonly name: string;
  readonly runs: readonly ComparedRun[];
}

/** A variant's values of one quantity, and their difference from the first variant's. */
export interface VariantValues {
  readonly variant: string;
  /** In the order of the seeds; null where there is no such number. */
  readonly values: readonly (number | null)[];
  readonly mean: number | null;
  /** Standard deviation over the seeds, with n - 1; null for fewer than two. */
  readonly deviation: number | null;
  /** Absent for the first variant, where no seed has both values, and for losses that sum other terms. */
  readonly difference?: Difference;
}

/** This variant minus the first one, seed by seed. */
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
  readonly variants: readonly ComparedVariant[];
  readonly quantities: readonly QuantityComparison[];
}

/** What the name of an accuracy begins with that `tssl evaluate` measured; its settings follow. */
export const EVALUATED = "evaluated: ";
/** The bootstrap of two differences is the two themselves: it holds the true mean in half of all cases. */
export const FEWEST_PAIRS = 3;

/** Quantities that are costs of a run. All others are results. */
export const COSTS: readonly string[] = ["seconds", "imagesPerSecond", "peakMemoryBytes"];

/** Compares every variant with the first one: for each quantity, over the seeds that both have finished. */
export function compareVariants(seeds: readonly number[], variants: readonly ComparedVariant[]): Comparison {
  const names = new Set(
    variants.flatMap(({ runs }) => runs.flatMap(({ measured }) => Object.keys(measured))),
  );
  return {
    seeds,
    variants,
    quantities: [...names]
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map((name) => compareQuantity(name, seeds, variants)),
  };
}

/**
 * Accuracies first, then those of other evaluations, the loss, its terms and other logged numbers, then
 * costs.
 */
function rank(name: string): number {
  const first = ["knn", "linear", EVALUATED, "loss"].findIndex((each) =>
    each === EVALUATED ? name.startsWith(each) : name === each,
  );
  if (first >= 0) return first;
  return COSTS.includes(name) ? 5 + COSTS.indexOf(name) : 4;
}

function compareQuantity(
  name: string,
  seeds: readonly number[],
  variants: readonly ComparedVariant[],
): QuantityComparison {
  const valuesOf = ({ runs }: ComparedVariant) =>
    seeds.map((seed) => runs.find((run) => run.seed === seed)?.measured[name] ?? null);
  const reference = valuesOf(variants[0]!);
  return {
    name,
    variants: variants.map((variant, i) => {
      const values = valuesOf(variant);
      const known = values.filter((value) => value !== null);
      const isCompared = i > 0 && (name !== "loss" || haveSameTerms(variant, variants[0]!));
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

/** A sum of two terms is no larger loss than one of them alone. Terms and metrics are "<plugin>/<name>". */
function haveSameTerms(one: ComparedVariant, other: ComparedVariant): boolean {
  const terms = ({ runs }: ComparedVariant) =>
    [...new Set(runs.flatMap(({ measured }) => Object.keys(measured).filter((name) => name.includes("/"))))]
      .sort()
      .join(" ");
  return terms(one) === terms(other);
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

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
