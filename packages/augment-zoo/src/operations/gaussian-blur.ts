import type { Canvas } from "../canvas.ts";
import { SLACK } from "../kernels.ts";

const { fround } = Math;

/**
 * Gaussian blur with standard deviation `sigma` in pixels. As `ImageFilter.GaussianBlur(sigma)`, whose
 * "radius" is sigma.
 *
 * Pillow approximates the bell by three boxes of fractional width along x and three along y (Gwosdek et al.,
 * "Theoretical foundations of Gaussian convolution by extended box filtering", 2011), rounding to 8 bits
 * after each. Pixels at the border are repeated outwards.
 */
export function gaussianBlur(canvas: Canvas, { sigma }: { readonly sigma: number }): void {
  const radius = boxRadius(sigma);
  if (radius === 0) return;
  // Weights of a whole pixel and of the two at the ends, in units of 2^-24.
  const reach = Math.trunc(radius);
  const full = Math.trunc(fround((1 << 24) / fround(fround(radius * 2) + 1)));
  const edge = Math.trunc(((1 << 24) - (reach * 2 + 1) * full) / 2);

  const { width, height, kernels } = canvas;
  const pixels = canvas.pixels();
  const rows = canvas.workspace(2 * (width * 3 + 2 * SLACK));
  kernels.blurRows(pixels, canvas.spare(), width, height, reach, full, edge, rows);
  kernels.blurColumns(canvas.spare(), pixels, width, height, reach, full, edge);
}

/**
 * The radius of the box that, three times over, has variance sigma squared; in float32 as Pillow computes it.
 */
export function boxRadius(sigma: number): number {
  const variance = fround(fround(fround(sigma) * fround(sigma)) / 3);
  const length = fround(Math.sqrt(12 * variance + 1));
  const whole = Math.floor((length - 1) / 2);
  const part = fround(
    fround(fround(2 * whole + 1) * fround(whole * (whole + 1) - fround(3 * variance))) /
      fround(6 * fround(variance - (whole + 1) * (whole + 1))),
  );
  return fround(whole + part);
}
