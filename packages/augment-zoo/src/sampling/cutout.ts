import type { AppliedOperation } from "../applied.ts";
import type { Size } from "../image.ts";
import type { Random } from "../random.ts";

/** Colour of cut-outs in AutoAugment and its descendants. */
const COLOUR = [125, 123, 114] as const;

/**
 * A square with a centre uniform over the image and a side uniform in `side`, fractions of the image's
 * shorter side (arXiv:1708.04552). Parts outside the image are cut off.
 */
export function sampleCutout(
  { width, height }: Size,
  side: readonly [number, number],
  random: Random,
): AppliedOperation {
  const length = Math.max(1, Math.round(random.between(...side) * Math.min(width, height)));
  const left = random.integer(width) - (length >> 1);
  const top = random.integer(height) - (length >> 1);
  return { op: "cutout", left, top, width: length, height: length, colour: COLOUR };
}
