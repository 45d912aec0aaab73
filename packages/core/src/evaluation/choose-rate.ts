import { meanOf } from "../metrics/mean-of.ts";

/** A learning rate that was tried, and what came of it on the same held-out images as of the others. */
export interface TriedRate {
  readonly learningRate: number;
  /**
   * Mean cross-entropy of the last epoch's batches, in nats; not a number where the rate was far too large.
   */
  readonly trainLoss: number;
  /** Whether each held-out image was classified right. */
  readonly right: readonly boolean[];
  /** Cross-entropy of each held-out image, in nats. */
  readonly losses: readonly number[];
}

export interface RateChoice {
  readonly learningRate: number;
  /** All rates that are as good within the noise, the chosen one among them; ascending. */
  readonly asGood: readonly number[];
}

/** The loss of guessing among so many classes, in nats. */
export const chanceLoss = (classes: number): number => Math.log(classes);

/** Features that say nothing end at the loss of guessing, give or take what stochastic gradients do to it. */
const TOLERANCE = 1.1;

/** Whether training with this rate ended worse than guessing, by more than a tenth. */
export const diverges = ({ trainLoss }: Pick<TriedRate, "trainLoss">, classes: number): boolean =>
  !(trainLoss <= TOLERANCE * chanceLoss(classes));

/**
 * Chooses among learning rates by held-out images.
 *
 * Rates that diverge are out. The others are as good as the one with the most images right if they fall short
 * of it by at most a standard error of the difference, image by image; and of these, accuracies alone being
 * coarse, as good as the one with the lowest loss by the same measure. The smallest of what is left is taken.
 *
 * @returns undefined where every rate diverges.
 */
export function chooseRate(tried: readonly TriedRate[], classes: number): RateChoice | undefined {
  const sound = tried.filter((each) => !diverges(each, classes));
  const byAccuracy = withinNoise(sound, ({ right }) => right.map(Number));
  const byLoss = withinNoise(byAccuracy, ({ losses }) => losses.map((loss) => -loss));
  const asGood = byLoss.map(({ learningRate }) => learningRate).sort((a, b) => a - b);
  return asGood.length === 0 ? undefined : { learningRate: asGood[0]!, asGood };
}

/** Those that are as good as the best, by a mark for each image. */
function withinNoise(
  tried: readonly TriedRate[],
  marksOf: (each: TriedRate) => readonly number[],
): readonly TriedRate[] {
  const marks = new Map(tried.map((each) => [each, marksOf(each)]));
  const best = [...marks.values()].sort((a, b) => meanOf(b) - meanOf(a))[0];
  return tried.filter((each) => {
    const differences = best!.map((mark, image) => mark - marks.get(each)![image]!);
    return meanOf(differences) <= standardError(differences);
  });
}

/** Of the mean of independent values. */
export function standardError(values: readonly number[]): number {
  const middle = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
}
