/** What an accuracy leaves open where classes differ in size. Shares are 0 .. 1. */
export interface ClassBalance {
  /**
   * The mean of the classes' own accuracies, over classes with images; scikit-learn's
   * balanced_accuracy_score.
   */
  readonly balancedAccuracy: number;
  /** The share of the class with the most images: the accuracy of a classifier that always answers it. */
  readonly largestClass: number;
}

/**
 * Weighs classes alike, however many images each has. With as many images in each class the balanced accuracy
 * is the accuracy.
 *
 * @param confusion `confusion[actual][predicted]`: counts. Both shares are NaN where all are 0.
 *
 * @example
 * ```ts
 * // All 60 images are taken for the first class, to which 54 belong.
 * const balance = classBalance([[54, 0, 0], [3, 0, 0], [3, 0, 0]]);
 * balance.balancedAccuracy; // => 0.3333
 * balance.largestClass; // => 0.9
 * ```
 */
export function classBalance(confusion: readonly (readonly number[])[]): ClassBalance {
  const sizes = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const recalls = confusion.flatMap((row, actual) =>
    sizes[actual] === 0 ? [] : [row[actual]! / sizes[actual]!],
  );
  const images = sizes.reduce((sum, size) => sum + size, 0);
  return {
    balancedAccuracy: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length,
    largestClass: Math.max(...sizes) / images,
  };
}
