import type { Image } from "../image.ts";
import { blendTable } from "./blend.ts";
import { lookUp } from "./lookup.ts";
import { luma } from "./luma.ts";

/**
 * Moves every level away from the image's mean brightness: 0 is flat grey, 1 changes nothing, 2 doubles the distance.
 *
 * As `ImageEnhance.Contrast(image).enhance(factor)`, which is torchvision's `adjust_contrast`. The mean is one whole
 * number for all pixels and channels: the rounded mean of the greyscale image.
 */
export function contrast(source: Image, target: Uint8Array, factor: number): void {
  const { data } = source;
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += luma(data[i]!, data[i + 1]!, data[i + 2]!);
  const mean = Math.floor(sum / (data.length / 3) + 0.5);
  lookUp(data, target, blendTable(mean, factor));
}
