import type { Canvas } from "../canvas.ts";
import { affine } from "./affine.ts";

/**
 * Slides each row by `shear` times its height from the top, in pixels per pixel. Nearest neighbour, black
 * fill.
 */
export function shearX(canvas: Canvas, { shear }: { readonly shear: number }): void {
  affine(canvas, [1, shear, 0, 0, 1, 0]);
}

/** Slides each column by `shear` times its distance from the left. Nearest neighbour, black fill. */
export function shearY(canvas: Canvas, { shear }: { readonly shear: number }): void {
  affine(canvas, [1, 0, 0, shear, 1, 0]);
}
