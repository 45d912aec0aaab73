import { meanOf } from "@tssl/core/internal";

import { bootstrapMean, type Interval } from "./bootstrap.ts";
import { FEWEST_PAIRS, type QuantityComparison, type VariantValues } from "./comparison.ts";
import { holm, pairedTest, seedsToTell } from "./paired-test.ts";
import { deviationOf } from "../statistics/deviation-of.ts";

/** How sure it is that the best variant is better than another. */
export type Certainty =
  /** The interval excludes zero, and the paired t-test confirms it. */
  | "clear"
  /** The interval excludes zero, but with this number of seeds that may be luck. */
  | "leaning"
  /** The interval holds zero. */
  | "within noise"
  /** There are too few pairs for an interval. */
  | "too few seeds";

/** Which variant is best by one accuracy, and how sure that is. */
export interface Judgement {
  /** Of the quantity. */
  readonly name: string;
  readonly best: string;
  /** Over the seeds that all variants here have finished. */
  readonly mean: number;
  readonly deviation: number | null;
  /** How many seeds these are. */
  readonly pairs: number;
  /** The other variants, best first. */
  readonly others: readonly Rival[];
  /** Variants that are not judged, because they lack so many seeds that no interval would be left. */
  readonly leftOut: readonly string[];
}

export interface Rival {
  readonly variant: string;
  readonly mean: number;
  /** The best variant minus this one, seed by seed: its mean, never below zero. */
  readonly difference: number;
  /** 95 %, paired bootstrap; absent for fewer than `FEWEST_PAIRS` pairs. */
  readonly interval?: Interval;
  /** Of the paired t-test, with Holm's correction for all rivals; absent where the interval is. */
  readonly p?: number;
  readonly certainty: Certainty;
  /** About how many seeds would tell the difference from luck, if it is as large as it looks; where known. */
  readonly seedsNeeded?: number;
}

/** The largest p-value that counts as no luck. */
const LEVEL = 0.05;

/**
 * Judges which variant is best by an accuracy, over the seeds that all of them have finished. Variants
 * without a value are not considered; those that lack seeds are left out where the others alone have enough
 * for an interval.
 *
 * @returns undefined where no two variants have a seed in common.
 */
export function judge({ name, variants }: QuantityComparison): Judgement | undefined {
  const all = variants.filter(({ mean }) => mean !== null);
  const most = Math.max(...all.map(seedsOf));
  const whole = all.filter((row) => seedsOf(row) === most);
  const isRescue =
    sharedSeeds(all).length < FEWEST_PAIRS && whole.length > 1 && sharedSeeds(whole).length >= FEWEST_PAIRS;
  const measured = isRescue ? whole : all;
  const shared = sharedSeeds(measured);
  if (measured.length < 2 || shared.length === 0) return undefined;
  const [best, ...others] = measured
    .map(({ variant, values }) => {
      const own = shared.map((i) => values[i]!);
      return { variant, values: own, mean: meanOf(own) };
    })
    .sort((a, b) => b.mean - a.mean);
  const differences = others.map((other) => best!.values.map((value, i) => value - other.values[i]!));
  const isEnough = shared.length >= FEWEST_PAIRS;
  // Equal differences tell nothing of their spread: they are never sure.
  const corrected = holm(differences.map((values) => pairedTest(values) ?? 1));
  return {
    name,
    best: best!.variant,
    mean: best!.mean,
    deviation: shared.length < 2 ? null : deviationOf(best!.values),
    pairs: shared.length,
    others: others.map(({ variant, mean }, i) => {
      const interval = isEnough ? bootstrapMean(differences[i]!) : undefined;
      const rival = { variant, mean, difference: meanOf(differences[i]!) };
      if (interval === undefined) return { ...rival, certainty: "too few seeds" };
      const needed = seedsToTell(differences[i]!);
      return {
        ...rival,
        interval,
        p: corrected[i]!,
        certainty: certaintyOf(interval, corrected[i]!),
        ...(needed === undefined ? {} : { seedsNeeded: needed }),
      };
    }),
    leftOut: all.filter((row) => !measured.includes(row)).map(({ variant }) => variant),
  };
}

const seedsOf = ({ values }: VariantValues): number => values.filter((value) => value !== null).length;

/** The places of the seeds that all variants have a value of. */
const sharedSeeds = (rows: readonly VariantValues[]): readonly number[] =>
  (rows[0]?.values ?? []).flatMap((_, i) => (rows.every(({ values }) => values[i] !== null) ? [i] : []));

function certaintyOf({ low, high }: Interval, p: number): Certainty {
  if (low <= 0 && high >= 0) return "within noise";
  return p < LEVEL ? "clear" : "leaning";
}
