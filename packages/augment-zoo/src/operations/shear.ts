import type { Canvas } from "../canvas.ts";
import { affine, type Sampling } from "./affine.ts";

/** `shear` in pixels per pixel; where `filter` is absent, the nearest pixel and black beyond the border. */
export interface Shear extends Sampling {
  readonly shear: number;
}

/** Slides each row by `shear` times its height from the top. */
export function shearX(canvas: Canvas, { shear, ...sampling }: Shear): void {
  affine(canvas, [1, shear, 0, 0, 1, 0], sampling);
}

/** Slides each column by `shear` times its distance from the left. */
export function shearY(canvas: Canvas, { shear, ...sampling }: Shear): void {
  affine(canvas, [1, 0, 0, shear, 1, 0], sampling);
}
