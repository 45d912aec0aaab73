import type { Box, Size } from "../image.ts";
import type { Random } from "../random.ts";
import { roundHalfToEven } from "./round.ts";

/**
 * torchvision's `RandomResizedCrop.get_params`: a box of an area uniform in `scale` (fractions of the image's
 * area) and an aspect ratio (width / height) whose logarithm is uniform in log(`ratio`).
 *
 * A box that does not fit is drawn again. After ten tries it is the middle of the image, as large as `ratio`
 * allows.
 */
export function sampleCrop(
  { width, height }: Size,
  scale: readonly [number, number],
  ratio: readonly [number, number],
  random: Random,
): Box {
  const area = width * height;
  for (let attempt = 0; attempt < 10; attempt++) {
    const targetArea = area * random.between(...scale);
    const aspect = Math.exp(random.between(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = roundHalfToEven(Math.sqrt(targetArea * aspect));
    const h = roundHalfToEven(Math.sqrt(targetArea / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = random.integer(height - h + 1);
      const left = random.integer(width - w + 1);
      return { left, top, width: w, height: h };
    }
  }
  let [w, h] = [width, height];
  if (width / height < ratio[0]) h = roundHalfToEven(width / ratio[0]);
  else if (width / height > ratio[1]) w = roundHalfToEven(height * ratio[1]);
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}
