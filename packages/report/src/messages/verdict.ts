// What a comparison comes to.

import { counted, points, signedPoints } from "@tssl/core/internal";

import { listedBriefly } from "./listed-briefly.ts";

export const NO_RUN_FINISHED = "No run has finished, so there is nothing to compare yet.";

export const onlyOneFinished = (variant: string): string =>
  `Only ${variant} has finished runs, so there is nothing to compare it with.`;

export const NO_COMPARED_ACCURACY =
  "No accuracy was measured in two variants, so no number here says which one is better.";

export const NO_SHARED_SEED =
  "There is no seed that all variants have finished, so no runs can be compared in pairs.";

/** The variant with the highest accuracy, and the next. */
export interface BestVariant {
  readonly best: string;
  /** Its accuracy: "28.4 %". */
  readonly mean: string;
  /** "kNN accuracy" */
  readonly accuracy: string;
  readonly next: string;
  /** How far it is ahead of the next, a fraction. */
  readonly lead: number;
  /** Of the lead; absent with too few seeds. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** How many seeds are compared. */
  readonly seeds: number;
}

export type Certainty = "clear" | "leaning" | "within noise" | "too few seeds";

/** "1.2 points" of a fraction. */
const gap = (fraction: number): string => points(Math.abs(fraction)).slice(1);

/** "+0.3 to +2.0" */
const span = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${signedPoints(low)} to ${signedPoints(high)}`;

const intervalText = ({ interval }: Pick<BestVariant, "interval">): string =>
  interval === undefined ? "" : ` (95 % interval ${span(interval)})`;

const tooFew = (seeds: number): string =>
  `With ${counted(seeds, "seed")}, whether that is more than luck cannot be said.`;

export function betterOfTwo(words: BestVariant, certainty: Certainty): string {
  const { best, next, accuracy, lead, seeds } = words;
  const higher = `${accuracy} is ${gap(lead)} higher${intervalText(words)}`;
  if (lead === 0) return `${best} and ${next} have the same ${accuracy}, ${words.mean}.`;
  switch (certainty) {
    case "clear":
      return `${best} is better than ${next}: its ${higher}.`;
    case "leaning":
      return (
        `${best} looks better than ${next}, but ${counted(seeds, "seed")} cannot settle it: its ` +
        `${higher}.`
      );
    case "within noise":
      return `${best} and ${next} do not differ clearly: the ${higher} with ${best}, which is within noise.`;
    case "too few seeds":
      return `${best} is ahead of ${next}: its ${higher}. ${tooFew(seeds)}`;
  }
}

export function bestOfAll(words: BestVariant, certainty: "clear" | "too few seeds"): string {
  const { best, mean, accuracy, next, lead, seeds } = words;
  const ahead = `${gap(lead)} ahead of ${next}${intervalText(words)}`;
  return certainty === "clear"
    ? `${best} is best: its ${accuracy} is ${mean}, ${ahead}.`
    : `${best} has the highest ${accuracy}: ${mean}, ${ahead}. ${tooFew(seeds)}`;
}

/** @param rivals variants that the best one is not surely better than: those of the weakest certainty. */
export function noClearBest(
  { best, mean, accuracy, seeds }: BestVariant,
  certainty: "leaning" | "within noise",
  rivals: readonly string[],
): string {
  return certainty === "leaning"
    ? `${best} looks best, but ${counted(seeds, "seed")} cannot settle it: its ${accuracy} is ${mean}, ` +
        `and ${listedBriefly(rivals)} may be as good.`
    : `No variant is clearly best: ${best} has the highest ${accuracy}, ${mean}, ` +
        `and ${listedBriefly(rivals)} ${rivals.length === 1 ? "is" : "are"} within noise of it.`;
}

/** The lead over a rival that is not the next: "a (1.2 points, +0.3 to +2.0)". */
export const leadOver = (
  variant: string,
  lead: number,
  interval: { readonly low: number; readonly high: number },
): string => `${variant} (${gap(lead)}, ${span(interval)})`;

/** @param variants those that lack seeds. */
export const notJudged = (variants: readonly string[]): string =>
  `${listedBriefly(variants)} ${variants.length === 1 ? "is" : "are"} left out of this, for lack of seeds.`;

export const overBaseline = (
  best: string,
  baseline: string,
  difference: { readonly mean: number; readonly interval?: { readonly low: number; readonly high: number } },
): string =>
  `${best} minus the baseline, ${baseline}: ${points(difference.mean)}${intervalText(difference)}.`;

export const bestIsSmallest = (option: string, value: number): string =>
  `${value} is the smallest ${option} that was tried: a smaller one may be better.`;

export const bestIsLargest = (option: string, value: number): string =>
  `${value} is the largest ${option} that was tried: a larger one may be better.`;

export function byAnother(words: BestVariant, certainty: Certainty): string {
  const { best, next, accuracy, lead } = words;
  const sure = { clear: "", leaning: ", not surely", "within noise": ", within noise", "too few seeds": "" };
  return `By ${accuracy}, ${best} is ${gap(lead)} ahead of ${next}${intervalText(words)}${sure[certainty]}.`;
}
