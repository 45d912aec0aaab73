/**
 * Splits images into parts with the same share of positive ones, without chance: scikit-learn's
 * `StratifiedKFold(folds)`, which `cross_val_score(cv=folds)` uses. Images of a kind go to the parts in turn
 * of their order: the first of them to part 0, the last to the last part.
 *
 * @returns the part of each image, 0 .. folds - 1.
 *
 * @example
 * ```ts
 * stratifiedFolds([true, true, false, false, false, true], 3); // => [0, 1, 0, 1, 2, 2]
 * ```
 */
export function stratifiedFolds(positive: readonly boolean[], folds: number): Int32Array {
  const [first = false] = positive;
  const ofFirst = positive.filter((yes) => yes === first).length;
  // Sorted by kind, the one that comes first in front, every `folds`-th image is of one part.
  const counts = Array.from({ length: folds }, (_, fold) => ({
    first: everyOf(fold, ofFirst, folds),
    other: everyOf(fold, positive.length, folds) - everyOf(fold, ofFirst, folds),
  }));
  const queues = {
    first: counts.flatMap(({ first }, fold) => new Array<number>(first).fill(fold)),
    other: counts.flatMap(({ other }, fold) => new Array<number>(other).fill(fold)),
  };
  let [a, b] = [0, 0];
  return Int32Array.from(positive, (yes) => (yes === first ? queues.first[a++]! : queues.other[b++]!));
}

/** How many of fold, fold + folds, fold + 2 folds, … are below `end`. */
const everyOf = (fold: number, end: number, folds: number): number =>
  Math.max(0, Math.ceil((end - fold) / folds));
