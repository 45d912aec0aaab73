import type { Canvas } from "../canvas.ts";

/**
 * Turns every colour by `factor` of the colour circle, -0.5 .. 0.5. As torchvision's `adjust_hue` on a PIL
 * image.
 *
 * By way of Pillow's 8-bit HSV, so that even factor 0 moves some pixels by a level or more: hue has 256
 * steps, of which the factor moves trunc(255 * factor), and saturation is truncated.
 */
export function hue(canvas: Canvas, { factor }: { readonly factor: number }): void {
  canvas.kernels.hue(canvas.pixels(), canvas.width * canvas.height, Math.trunc(factor * 255));
}
