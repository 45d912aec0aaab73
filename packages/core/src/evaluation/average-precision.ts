/**
 * The area below the precision that is reached at each recall or beyond it, over every step of recall: VOC's
 * measure from 2010 on, and that of VISSL and PCL on VOC07.
 *
 *     AP = Σ over positive images of (1 / positives) max over r' >= r of precision(r')
 *
 * Of equal scores the earlier image comes first, so that the result does not depend on a sort. (The authors'
 * code leaves their order to numpy's.)
 *
 * @returns 0 .. 1; null where no image has the class.
 *
 * @example
 * ```ts
 * areaPrecision([0.9, 0.8, 0.7], [true, false, true]); // => 0.8333
 * ```
 */
export function areaPrecision(scores: ArrayLike<number>, positive: readonly boolean[]): number | null {
  const precisions = reachedPrecisions(scores, positive);
  if (precisions.length === 0) return null;
  return precisions.reduce((sum, precision) => sum + precision, 0) / precisions.length;
}

/**
 * The mean of the precision that is reached at a recall of 0, 0.1 … 1 or beyond it: the measure that VOC used
 * in 2007 (Everingham et al. 2010, section 4.2). Otherwise as `areaPrecision`.
 *
 * @example
 * ```ts
 * elevenPointPrecision([0.9, 0.8, 0.7], [true, false, true]); // => 0.8485
 * ```
 */
export function elevenPointPrecision(scores: ArrayLike<number>, positive: readonly boolean[]): number | null {
  const precisions = reachedPrecisions(scores, positive);
  if (precisions.length === 0) return null;
  let sum = 0;
  for (let tenth = 0; tenth <= 10; tenth++) {
    // The first positive image with which a recall of tenth / 10 is reached; in whole numbers, so exactly.
    const place = Math.max(0, Math.ceil((tenth * precisions.length) / 10) - 1);
    sum += precisions[place]!;
  }
  return sum / 11;
}

/**
 * scikit-learn's `average_precision_score`, by which cross-validation chooses costs: precision as it is at
 * each step of recall, where images of equal scores are one step.
 *
 * @example
 * ```ts
 * stepPrecision([0.9, 0.9, 0.7], [true, false, true]); // => 0.5833
 * ```
 */
export function stepPrecision(scores: ArrayLike<number>, positive: readonly boolean[]): number | null {
  const order = descending(scores);
  const positives = positive.filter(Boolean).length;
  if (positives === 0) return null;
  let [found, sum] = [0, 0];
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]!]!;
    const before = found;
    for (; i < order.length && scores[order[i]!] === score; i++) if (positive[order[i]!]!) found++;
    sum += (found - before) * (found / i);
  }
  return sum / positives;
}

const descending = (scores: ArrayLike<number>): readonly number[] =>
  Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);

/**
 * For each positive image, in the order of the scores, the highest precision that is reached there or later.
 */
function reachedPrecisions(scores: ArrayLike<number>, positive: readonly boolean[]): readonly number[] {
  const precisions: number[] = [];
  for (const [place, image] of descending(scores).entries()) {
    if (positive[image]!) precisions.push((precisions.length + 1) / (place + 1));
  }
  for (let i = precisions.length - 2; i >= 0; i--) {
    precisions[i] = Math.max(precisions[i]!, precisions[i + 1]!);
  }
  return precisions;
}
