import { percent } from "@tssl/core/internal";

import { costs as costsOfVariant } from "../messages/results.ts";
import { howSure } from "../messages/sureness.ts";
import * as say from "../messages/verdict.ts";
import { coverageOf } from "./bootstrap.ts";
import { type Comparison, isAccuracy, type QuantityComparison } from "./comparison.ts";
import { doubtsOf } from "./doubts.ts";
import { type Certainty, judge, type Judgement } from "./judgement.ts";
import { accuracyInSentence } from "./quantity-text.ts";
import { sweptValues } from "./swept-values.ts";

/** What a comparison comes to, in words. */
export interface ComparisonVerdict {
  /** How sure it is which variant is best; "open" where nothing tells. */
  readonly certainty: Certainty | "open";
  /** In one sentence: which variant is better, by how much. */
  readonly headline: string;
  /** Further sentences, most important first. */
  readonly details: readonly string[];
}

/** Sums up a comparison by its first accuracy. It calls a variant better only where the numbers do. */
export function verdictOf(comparison: Comparison): ComparisonVerdict {
  const { certainty, headline, details } = outcome(comparison);
  return { certainty, headline, details: [...details, ...doubtsOf(comparison)] };
}

function outcome(comparison: Comparison): ComparisonVerdict {
  const { variants, quantities } = comparison;
  const measured = variants.filter(({ runs }) => runs.some(({ status }) => status === "finished"));
  const open = (headline: string) => ({ certainty: "open" as const, headline, details: [] });
  if (measured.length === 0) return open(say.NO_RUN_FINISHED);
  if (measured.length === 1) return open(say.onlyOneFinished(measured[0]!.name));
  const accuracies = quantities.filter(({ name }) => isAccuracy(name));
  if (accuracies.length === 0) return { ...open(say.NO_COMPARED_ACCURACY), details: costs(comparison) };
  const [first, ...others] = accuracies.flatMap((quantity) => judge(quantity) ?? []);
  if (first === undefined) return open(say.NO_SHARED_SEED);
  const certainty = weakest(first);
  const details = [
    sureness(first, certainty),
    first.leftOut.length === 0 ? undefined : say.notJudged(first.leftOut),
    againstBaseline(comparison, accuracies, first),
    atTheEdge(comparison, first),
    ...others.map((judgement) => say.byAnother(wordsOf(judgement), weakest(judgement))),
    ...costs(comparison, first.best),
  ];
  return {
    certainty,
    headline: headlineOf(first, certainty),
    details: details.filter((sentence) => sentence !== undefined),
  };
}

/** The best variant is as sure as against the rival that it is least sure against. */
function weakest({ others }: Judgement): Certainty {
  const order: readonly Certainty[] = ["too few seeds", "within noise", "leaning", "clear"];
  return order.find((each) => others.some(({ certainty }) => certainty === each))!;
}

function headlineOf(judgement: Judgement, certainty: Certainty): string {
  const { others } = judgement;
  const words = wordsOf(judgement);
  if (others.length === 1) return say.betterOfTwo(words, certainty);
  if (certainty === "clear" || certainty === "too few seeds") return say.bestOfAll(words, certainty);
  const rivals = others.filter((other) => other.certainty === certainty).map(({ variant }) => variant);
  return say.noClearBest(words, certainty, rivals);
}

/** The numbers of a judgement as sentences show them. */
const wordsOf = ({ name, best, mean, pairs, others }: Judgement): say.BestVariant => ({
  best,
  mean: percent(mean),
  accuracy: accuracyInSentence(name),
  seeds: pairs,
  next: others[0]!.variant,
  lead: others[0]!.difference,
  ...(others[0]!.interval === undefined ? {} : { interval: others[0]!.interval }),
});

function sureness({ pairs, others }: Judgement, certainty: Certainty): string | undefined {
  if (certainty === "too few seeds") return undefined;
  const rival = others.find((other) => other.certainty === certainty)!;
  const isInHeadline = others.length === 1 || certainty === "clear";
  return howSure(certainty, {
    seeds: pairs,
    p: certainty === "clear" ? others[0]!.p! : rival.p!,
    coverage: coverageOf(pairs),
    rivals: others.length,
    // With several rivals the correction would ask for more seeds than this counts.
    ...(others.length > 1 || rival.seedsNeeded === undefined ? {} : { needed: rival.seedsNeeded }),
    ...(isInHeadline ? {} : { over: say.leadOver(rival.variant, rival.difference, rival.interval!) }),
  });
}

/** Of more than two variants, what the best one brings over the baseline. */
function againstBaseline(
  { baseline, variants }: Comparison,
  accuracies: readonly QuantityComparison[],
  { name, best, others }: Judgement,
): string | undefined {
  if (variants.length < 3 || best === baseline || others[0]!.variant === baseline) return undefined;
  const row = accuracies.find((each) => each.name === name)!.variants.find(({ variant }) => variant === best);
  return row?.difference && say.overBaseline(best, baseline, row.difference);
}

/** Whether the best value of a sweep is the first or last that was tried. */
function atTheEdge(comparison: Comparison, { best }: Judgement): string | undefined {
  const swept = sweptValues(comparison.variants);
  if (swept === undefined || swept.values.length < 3) return undefined;
  const value = swept.values.find(({ variants }) => variants.some(({ name }) => name === best))?.value;
  if (value === swept.values[0]!.value) return say.bestIsSmallest(swept.option, value);
  if (value === swept.values.at(-1)!.value) return say.bestIsLargest(swept.option, value);
  return undefined;
}

/** What the best variant costs more or less than the baseline; than the first other one where it is that. */
function costs({ baseline, variants, quantities }: Comparison, best?: string): readonly string[] {
  const one =
    best === undefined || best === baseline ? variants.find(({ name }) => name !== baseline) : undefined;
  if (one !== undefined && variants.length > 2) return [];
  const variant = one?.name ?? best!;
  const change = (name: string) => {
    const rows = quantities.find((quantity) => quantity.name === name)?.variants ?? [];
    const [own, reference] = [variant, baseline].map(
      (each) => rows.find((row) => row.variant === each)?.mean,
    );
    return own && reference ? { own, reference } : undefined;
  };
  return costsOfVariant(variant, baseline, { seconds: change("seconds"), bytes: change("peakMemoryBytes") });
}
