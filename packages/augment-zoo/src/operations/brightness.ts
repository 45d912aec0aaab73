import type { Canvas } from "../canvas.ts";
import { blendTable } from "./blend.ts";

/**
 * Scales every level: 0 is black, 1 changes nothing, 2 is twice as bright.
 *
 * As `ImageEnhance.Brightness(image).enhance(factor)`, which is torchvision's `adjust_brightness`.
 */
export function brightness(canvas: Canvas, { factor }: { readonly factor: number }): void {
  canvas.mapLevels(blendTable(0, factor));
}
