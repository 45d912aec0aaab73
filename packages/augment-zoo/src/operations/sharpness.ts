import type { Canvas } from "../canvas.ts";

/**
 * Moves every pixel away from a smoothed copy: 0 is smooth, 1 changes nothing, 2 is sharpened.
 *
 * As `ImageEnhance.Sharpness(image).enhance(factor)`. The smoothed copy is a 3 x 3 mean in which the middle
 * counts five times (`ImageFilter.SMOOTH`); the outermost pixels have none and stay as they are.
 */
export function sharpness(canvas: Canvas, { factor }: { readonly factor: number }): void {
  const { width, height } = canvas;
  canvas.kernels.sharpness(canvas.pixels(), canvas.spare(), width, height, factor);
  canvas.turn(width, height);
}
