// Findings on a run's health.

import { count, digits, percent } from "../text/numbers.ts";

const CAUSES =
  "Usual causes: a learning rate that is too high or has no warm-up, an unsuitable temperature, and, in " +
  "methods without negatives, no predictor or a momentum encoder that moves too fast.";

/** An effective rank, and the most that it can be. */
export interface Rank {
  readonly rank: number;
  readonly most: number | undefined;
}

/** "effective rank 1.3 of 127" */
const rankText = ({ rank, most }: Rank): string =>
  `effective rank ${digits(rank)}${most === undefined ? "" : ` of ${most}`}`;

/** @param spread of the embeddings, 0 .. 1. */
export const collapsedToAPoint = (since: number, spread: number): string =>
  `Collapsed: all embeddings have been nearly the same since step ${since} ` +
  `(spread ${digits(spread)}; 1 is evenly spread). ${CAUSES}`;

export const collapsedToALine = (since: number, rank: Rank): string =>
  `Collapsed: embeddings have lain on one line since step ${since} (${rankText(rank)}). ${CAUSES}`;

export const barelyRecovered = (from: number, to: number, rank: Rank): string =>
  `Barely recovered from collapse: embeddings lay on one line from step ${from} to ${to}, ` +
  `and still have an ${rankText(rank)}. ${CAUSES}`;

export const closeToCollapse = (since: number, rank: Rank): string =>
  `Close to collapse: embeddings have varied in little more than one direction since step ${since} ` +
  `(${rankText(rank)}). ${CAUSES}`;

export const narrowAtFirst = (since: number, rank: Rank): string =>
  `Embeddings have varied in little more than one direction since step ${since} (${rankText(rank)}). ` +
  "This is usual in the first hundreds of steps; the rank should rise.";

/** @param filled the step at which every queue holds embeddings alone. */
export const alikeWhileFilling = (since: number, filled: number): string =>
  `Embeddings have become alike since step ${since}. This is usual until the queue holds no more random ` +
  `rows, and shortly after (step ${filled}); they should spread from then on.`;

export const viewsAreTheSame = (since: number, alignment: number): string =>
  `Both views of an image have had the same embedding since step ${since} (alignment ` +
  `${digits(alignment)}), ` +
  "so there is nothing to learn. Augmentation is off or too weak: look at the views in the report.";

export const viewsAreAlike = (since: number, alignment: number): string =>
  `Both views of an image have had nearly the same embedding since step ${since} ` +
  `(alignment ${digits(alignment)}). Expected after long training; early in a run it means that ` +
  `augmentation ` +
  "is too weak. Look at the views in the report.";

/** A loss term, its value, and its value where images are told apart by guessing. */
export interface ChanceTerm {
  readonly name: string;
  readonly now: number;
  readonly level: number;
}

export const lossAtChance = (since: number, terms: readonly ChanceTerm[], isAbove: boolean): string =>
  `The loss ${isAbove ? "is above" : "stays at"} its chance level and no longer falls ` +
  `(${terms.map(({ name, now, level }) => `${name} ${digits(now)}, chance ${digits(level)}`).join("; ")}, ` +
  `since step ${since}): the encoder tells images apart no better than by guessing. ` +
  "Usual causes: an unsuitable temperature, or a learning rate that is far too high or too low.";

export const gradientsVanished = (since: number, norm: number): string =>
  `Gradients have vanished since step ${since} (norm ${digits(norm)}): the encoder no longer learns.`;

/** @param times the norm over its median. */
export const gradientsAreLarge = (since: number, times: number, norm: number): string =>
  `Gradients have been ${digits(times)} times as long as usual since step ${since} (norm ${digits(norm)}). ` +
  "A smaller optimizer.lr, a warm-up or optimizer.clipNorm usually helps.";

/** @param terms loss terms with their shares of the gradient, 0 .. 1. */
export function negligibleTerms(step: number, terms: readonly (readonly [string, number])[]): string {
  const texts = terms.map(([name, share]) => `${name} contributes ${digits(100 * share)} %`);
  const remedy = terms.length === 1 ? "Raise its weight, or drop it." : "Raise their weights, or drop them.";
  return `${texts.join(" and ")} of the gradient (step ${step}). ${remedy}`;
}

/** @param filled the step at which the queues hold embeddings alone. */
export const queueFills = (queues: readonly string[], filled: number): string =>
  `Until step ${filled} the queue${queues.length === 1 ? "" : "s"} ${queues.join(" and ")} still ` +
  `hold${queues.length === 1 ? "s" : ""} random directions, which are easy to tell apart from embeddings. ` +
  "A loss that rises until then is normal.";

/** @param filled the step at which the queues would hold embeddings alone. */
export const queueNeverFills = (queues: readonly string[], filled: number, totalSteps: number): string =>
  `The queue${queues.length === 1 ? "" : "s"} ${queues.join(" and ")} never ` +
  `fill${queues.length === 1 ? "s" : ""}: the run has ${count(totalSteps)} steps, and ${count(filled)} are ` +
  "needed. Its random first rows stay among the negatives. Set a smaller queueSize.";

/**
 * @param norm of all trained parameters as one vector. @param highestRate the highest learning rate so far.
 */
export const weightsStandStill = (since: number, norm: number, highestRate: number | undefined): string =>
  `The weights have not moved since step ${since} (norm ${digits(norm)}), so nothing is learned.` +
  (highestRate === undefined
    ? ""
    : ` The learning rate has been ${digits(highestRate)} at most: raise optimizer.lr.`);

export const noEmbeddings = (): string =>
  "Nothing is wrong with the loss and the gradients. Whether embeddings collapse cannot be seen, because " +
  "no plugin publishes any.";

/** What shows that a run learns. */
export interface LearningFacts extends Rank {
  /**
   * How much closer two views of an image are than two images, as a share of the squared distance: up to 1,
   * now and in the first steps.
   */
  readonly closer: number;
  readonly closerAtFirst: number;
  readonly spread: number;
}

/** kNN accuracies, fractions. */
export interface AccuracyFall {
  readonly untrained: number;
  readonly now: number;
}

const closerText = (share: number): string => percent(Math.max(0, share), 0);

/** "two views of one image are 78 % closer than views of two images (17 % in the first steps; …)." */
const learningText = ({ closer, closerAtFirst, spread, ...rank }: LearningFacts): string =>
  `two views of one image are ${closerText(closer)} closer than views of two images ` +
  `(${closerText(closerAtFirst)} in the first steps; spread ${digits(spread)}, ${rankText(rank)}).`;

/** @param earliest the step from which on a run is judged. */
export const tooEarlyToSay = (facts: LearningFacts, earliest: number): string =>
  `Too early to say, before step ${earliest}: ${learningText(facts)}`;

export const isLearning = (facts: LearningFacts): string => `Learning: ${learningText(facts)}`;

export const notYetLearning = (facts: LearningFacts): string => `Not learning yet: ${learningText(facts)}`;

export const closerInFewDirections = (facts: LearningFacts): string =>
  `Views come closer, but embeddings vary in fewer than two directions: ${learningText(facts)}`;

export const accuracyFell = (facts: LearningFacts, { untrained, now }: AccuracyFall): string =>
  `kNN accuracy has fallen from ${percent(untrained)} (untrained) to ${percent(now)}, although no collapse ` +
  `is seen: ${learningText(facts)}`;
