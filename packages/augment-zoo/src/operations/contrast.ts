import type { Canvas } from "../canvas.ts";
import { blendTable } from "./blend.ts";

/**
 * Moves every level away from the image's mean brightness: 0 is flat grey, 1 changes nothing, 2 doubles the
 * distance.
 *
 * As `ImageEnhance.Contrast(image).enhance(factor)`, which is torchvision's `adjust_contrast`. The mean is
 * one whole number for all pixels and channels: the rounded mean of the greyscale image.
 */
export function contrast(canvas: Canvas, { factor }: { readonly factor: number }): void {
  const count = canvas.width * canvas.height;
  const mean = Math.floor(canvas.kernels.lumaSum(canvas.pixels(), count) / count + 0.5);
  canvas.mapLevels(blendTable(mean, factor));
}
