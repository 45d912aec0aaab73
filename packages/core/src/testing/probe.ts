import { type Numbers, numbersOf } from "@tssl/engine/testing";

import { probedElementDiffers, probedLengthDiffers } from "./messages/assertions.ts";

/**
 * What a golden file keeps of a large tensor: its length as a vector, and elements at
 * `floor(j (n - 1) / (values - 1))`.
 */
export interface Probe {
  readonly norm: number;
  readonly values: readonly number[];
}

/**
 * How far a tensor is from a probe: the difference of their lengths relative to the probe's, or that of a
 * probed element relative to itself or to the size of a typical element, length over sqrt(n), whichever is
 * larger; the largest of these.
 *
 * @param floor stands for the length where that is smaller: gradients that are zero but for rounding.
 */
export function probeDifference(got: Numbers, want: Probe, floor = 0): number {
  const { length, elements } = comparisons(got, want, floor);
  const relative = [length, ...elements].map(({ got, want, scale }) =>
    got === want ? 0 : Math.abs(got - want) / scale,
  );
  return relative.some(Number.isNaN) ? Infinity : Math.max(...relative);
}

/**
 * Throws unless each of the differences of `probeDifference` is at most `tolerance`.
 *
 * @param floor as there.
 */
export function assertProbe(
  got: Numbers,
  want: Probe,
  tolerance: number,
  { what, floor = 0 }: { readonly what: string; readonly floor?: number },
): void {
  const { count, length, elements } = comparisons(got, want, floor);
  if (!(Math.abs(length.got - length.want) <= tolerance * length.scale)) {
    throw new Error(probedLengthDiffers(what, length.got, length.want, tolerance * length.scale));
  }
  for (const { at, got, want, scale } of elements) {
    if (!(Math.abs(got - want) <= tolerance * scale)) {
      throw new Error(probedElementDiffers(what, { at, count }, got, want, tolerance * scale));
    }
  }
}

/** Length and probed elements beside those of a probe, each with what its difference is relative to. */
function comparisons(tensor: Numbers, { norm, values }: Probe, floor: number) {
  const numbers = numbersOf(tensor);
  const count = numbers.length;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += numbers[i]! ** 2;
  const scale = Math.max(norm, floor);
  return {
    count,
    length: { got: Math.sqrt(squares), want: norm, scale },
    elements: values.map((want, j) => {
      const at = Math.floor((j * (count - 1)) / (values.length - 1));
      return { at, got: numbers[at]!, want, scale: Math.max(scale / Math.sqrt(count), Math.abs(want)) };
    }),
  };
}
