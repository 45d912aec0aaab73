import type { Canvas } from "../canvas.ts";
import type { Size } from "../image.ts";
import { affine, type AffineMatrix, type Sampling } from "./affine.ts";

export interface Rotation extends Sampling {
  readonly degrees: number;
}

/**
 * Turns counter-clockwise about the middle of the image. As `Image.rotate(degrees)`: same size; nearest
 * neighbour and black corners where `filter` is absent. Pillow rounds sine and cosine to 15 decimals, and has
 * exact shortcuts for quarter turns.
 */
export function rotate(canvas: Canvas, { degrees, ...sampling }: Rotation): void {
  const matrix = rotation(canvas, degrees);
  if (matrix !== undefined) affine(canvas, matrix, sampling);
}

/** Turns about the middle of an image; undefined for whole turns. */
export function rotation({ width, height }: Size, degrees: number): AffineMatrix | undefined {
  const turn = ((degrees % 360) + 360) % 360;
  if (turn === 0) return undefined;
  const radians = -(turn * Math.PI) / 180;
  const cosine = Number(Math.cos(radians).toFixed(15));
  const sine = Number(Math.sin(radians).toFixed(15));
  const [x, y] = [width / 2, height / 2];
  return [
    cosine, sine, cosine * -x + sine * -y + x,
    -sine, cosine, -sine * -x + cosine * -y + y,
  ] as const; // prettier-ignore
}
