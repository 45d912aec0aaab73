import type { Size } from "../image.ts";
import type { Random } from "../random.ts";

/** Upper left corner of a patch. */
export interface Corner {
  readonly left: number;
  readonly top: number;
}

/**
 * PIRL's jigsaw (arXiv:1912.01991): the image is divided into `grid` x `grid` equal cells, with a square of
 * `size` pixels at a random place in each; the squares are in random order. The remainder of the division, at
 * the right and the bottom, is not used.
 */
export function sampleJigsaw({ width, height }: Size, grid: number, size: number, random: Random): Corner[] {
  const [cellWidth, cellHeight] = [Math.floor(width / grid), Math.floor(height / grid)];
  const corners = Array.from({ length: grid * grid }, (_, i) => ({
    left: (i % grid) * cellWidth + random.integer(cellWidth - size + 1),
    top: Math.floor(i / grid) * cellHeight + random.integer(cellHeight - size + 1),
  }));
  return Array.from(random.permutation(corners.length), (i) => corners[i]!);
}

/**
 * CPC's grid of overlapping patches (arXiv:1807.03748), `stride` pixels apart, row by row: 7 x 7 of 64
 * pixels, 32 apart, at 256.
 */
export function patchGrid({ width, height }: Size, size: number, stride: number): Corner[] {
  const columns = Math.floor((width - size) / stride) + 1;
  const rows = Math.floor((height - size) / stride) + 1;
  return Array.from({ length: columns * rows }, (_, i) => ({
    left: (i % columns) * stride,
    top: Math.floor(i / columns) * stride,
  }));
}
