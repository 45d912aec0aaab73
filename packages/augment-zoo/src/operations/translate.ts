import type { Canvas } from "../canvas.ts";
import { affine, type Sampling } from "./affine.ts";

/** Fractions of `pixels` take the nearest pixel, and black beyond the border, where `filter` is absent. */
export interface Translation extends Sampling {
  readonly pixels: number;
}

/** Shows the image from column `pixels` on: positive moves it left. */
export function translateX(canvas: Canvas, { pixels, ...sampling }: Translation): void {
  affine(canvas, [1, 0, pixels, 0, 1, 0], sampling);
}

/** Shows the image from row `pixels` on: positive moves it up. */
export function translateY(canvas: Canvas, { pixels, ...sampling }: Translation): void {
  affine(canvas, [1, 0, 0, 0, 1, pixels], sampling);
}
