/**
 * The difference between two accuracies that luck in the choice of test images explains in 19 of 20 cases:
 * `1.96 sqrt((a (1 - a) + b (1 - b)) / n)`. It is a fraction, as the accuracies are.
 *
 * It holds for accuracies measured on different images. Those of one run are measured on the same ones, so it
 * errs on the side of doubt.
 *
 * @param images n, the number of test images.
 *
 * @example
 * ```ts
 * luckyDifference(0.25, 0.25, 500); // => 0.0537
 * ```
 */
export const luckyDifference = (a: number, b: number, images: number): number =>
  1.96 * Math.sqrt((a * (1 - a) + b * (1 - b)) / images);
