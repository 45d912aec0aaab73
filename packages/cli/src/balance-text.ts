import { percent } from "@tssl/core/internal";
import type { ClassBalance } from "@tssl/core/run";

/**
 * ", 33.3 % balanced, 90.0 % of the images in the largest class" beside an accuracy where classes differ in
 * size, "" where the balanced accuracy is the accuracy.
 */
export const balanceText = (accuracy: number, { balancedAccuracy, largestClass }: ClassBalance): string =>
  percent(balancedAccuracy) === percent(accuracy)
    ? ""
    : `, ${percent(balancedAccuracy)} balanced, ${percent(largestClass)} of the images in the largest class`;
