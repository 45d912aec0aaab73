import type { Canvas } from "../canvas.ts";
import { affine } from "./affine.ts";

/**
 * Shows the image from column `pixels` on: positive moves it left. Fractions take the nearest pixel; black
 * fill.
 */
export function translateX(canvas: Canvas, { pixels }: { readonly pixels: number }): void {
  affine(canvas, [1, 0, pixels, 0, 1, 0]);
}

/**
 * Shows the image from row `pixels` on: positive moves it up. Fractions take the nearest pixel; black fill.
 */
export function translateY(canvas: Canvas, { pixels }: { readonly pixels: number }): void {
  affine(canvas, [1, 0, 0, 0, 1, pixels]);
}
