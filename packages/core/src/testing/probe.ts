import { type Numbers, numbersOf } from "@tssl/engine/testing";

import { probedElementDiffers, probedLengthDiffers } from "./messages.ts";

/**
 * What a golden file keeps of a large tensor: its length as a vector, and elements at
 * `floor(j (n - 1) / (values - 1))`.
 */
export interface Probe {
  readonly norm: number;
  readonly values: readonly number[];
}

/**
 * Throws unless a tensor's length is the probe's to `tolerance` times that length, and each probed element is
 * right to `tolerance` times itself or the size of a typical element, length over sqrt(n), whichever is
 * larger.
 *
 * @param floor stands for the length where that is smaller: gradients that are zero but for rounding.
 */
export function assertProbe(
  got: Numbers,
  want: Probe,
  tolerance: number,
  { what, floor = 0 }: { readonly what: string; readonly floor?: number },
): void {
  const numbers = numbersOf(got);
  const count = numbers.length;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += numbers[i]! ** 2;
  const norm = Math.sqrt(squares);
  const allowed = tolerance * Math.max(want.norm, floor);
  if (!(Math.abs(norm - want.norm) <= allowed)) {
    throw new Error(probedLengthDiffers(what, norm, want.norm, allowed));
  }
  want.values.forEach((value, j) => {
    const at = Math.floor((j * (count - 1)) / (want.values.length - 1));
    const near = Math.max(allowed / Math.sqrt(count), tolerance * Math.abs(value));
    if (!(Math.abs(numbers[at]! - value) <= near)) {
      throw new Error(probedElementDiffers(what, { at, count }, numbers[at]!, value, near));
    }
  });
}
