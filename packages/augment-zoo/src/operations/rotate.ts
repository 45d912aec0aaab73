import type { Canvas } from "../canvas.ts";
import { affine } from "./affine.ts";

/**
 * Turns counter-clockwise about the middle of the image. As `Image.rotate(degrees)`: nearest neighbour, black
 * corners, same size. Pillow rounds sine and cosine to 15 decimals, and has exact shortcuts for quarter
 * turns.
 */
export function rotate(canvas: Canvas, { degrees }: { readonly degrees: number }): void {
  const { width, height } = canvas;
  const turn = ((degrees % 360) + 360) % 360;
  if (turn === 0) return;
  const radians = -(turn * Math.PI) / 180;
  const cosine = Number(Math.cos(radians).toFixed(15));
  const sine = Number(Math.sin(radians).toFixed(15));
  const [x, y] = [width / 2, height / 2];
  affine(canvas, [
    cosine, sine, cosine * -x + sine * -y + x,
    -sine, cosine, -sine * -x + cosine * -y + y,
  ]); // prettier-ignore
}
