import type { Canvas } from "../canvas.ts";

/**
 * Moves every pixel away from its own grey: 0 is greyscale, 1 changes nothing, 2 doubles the colour.
 *
 * As `ImageEnhance.Color(image).enhance(factor)`, which is torchvision's `adjust_saturation` and "Color" in
 * the pools of AutoAugment and its descendants.
 */
export function saturation(canvas: Canvas, { factor }: { readonly factor: number }): void {
  canvas.kernels.saturation(canvas.pixels(), canvas.width * canvas.height, factor);
}
