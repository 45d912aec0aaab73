import type { Canvas } from "../canvas.ts";
import type { ResampleFilter } from "./resized-crop.ts";

/** [a, b, c, d, e, f]: the output pixel (x, y) shows the input at (a x + b y + c, d x + e y + f). */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/**
 * How a geometric operation makes pixels that lie between the image's, and what it shows beyond its border.
 */
export interface Sampling {
  /** Absent: the nearest pixel. */
  readonly filter?: ResampleFilter;
  /** Red, green and blue beyond the border, 0 .. 255, with a `filter`; absent: black. */
  readonly fill?: readonly [number, number, number];
}

/** `Image.transform(size, AFFINE, matrix)` with Pillow's filter and `fillcolor`. */
export function affine(canvas: Canvas, matrix: AffineMatrix, { filter, fill = [0, 0, 0] }: Sampling): void {
  if (filter === undefined) {
    nearest(canvas, matrix);
    return;
  }
  const { width, height, kernels } = canvas;
  const colour = fill[0] | (fill[1] << 8) | (fill[2] << 16);
  const isCubic = filter === "bicubic";
  kernels.affineSmooth(canvas.pixels(), canvas.spare(), width, height, ...matrix, isCubic, colour);
  canvas.turn(width, height);
}

/**
 * Nearest neighbour, black where the input ends.
 *
 * Pillow works in 16.16 fixed point with every coefficient rounded to 1/65536, and in floating point where
 * the matrix has neither rotation nor shear; both are part of the result.
 */
function nearest(canvas: Canvas, matrix: AffineMatrix): void {
  const { width, height, kernels } = canvas;
  const [a, b, c, d, e, f] = matrix;
  const from = canvas.pixels();
  const to = canvas.spare();
  if (b === 0 && d === 0) {
    const columns = canvas.workspace((width + height) * 4);
    const rows = columns + width * 4;
    const memory = canvas.memory();
    const places = new Int32Array(memory.buffer, columns, width + height);
    for (let x = 0; x < width; x++) places[x] = inside(Math.floor(a * (x + 0.5) + c), width);
    for (let y = 0; y < height; y++) places[width + y] = inside(Math.floor(e * (y + 0.5) + f), height);
    kernels.gather(from, to, width, height, columns, rows);
  } else {
    const startX = fixed(c + a * 0.5 + b * 0.5);
    const startY = fixed(f + d * 0.5 + e * 0.5);
    kernels.affine(from, to, width, height, fixed(a), fixed(b), startX, fixed(d), fixed(e), startY);
  }
  canvas.turn(width, height);
}

export function inside(place: number, length: number): number {
  return place >= 0 && place < length ? place : -1;
}

export function fixed(value: number): number {
  return Math.floor(value * 65536 + 0.5);
}
