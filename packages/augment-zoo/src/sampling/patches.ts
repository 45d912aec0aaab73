import type { Random } from "../random.ts";

/**
 * A grid of squares, cut out of one image: the jigsaw of PIRL (arXiv:1912.01991) and InfoMin, CPC's
 * overlapping patches (arXiv:1807.03748).
 *
 * The patch in row r and column c, counted from 0, begins `c * stride` pixels from the left and `r * stride`
 * from the top, and further right and down by whole numbers that are uniform in 0 .. `jitter`. What the grid
 * does not reach at the right and at the bottom is not used. A jigsaw of 3 x 3 cells of 85 pixels with
 * patches of 64 has stride 85 and jitter 21; CPC's 7 x 7 patches of 64 pixels of an image of 256 have stride
 * 32 and no jitter.
 */
export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
  /** Side of a patch in pixels. */
  readonly size: number;
  /** Pixels from the beginning of a patch, or of its cell, to that of the next one. */
  readonly stride: number;
  /** Largest random shift of each patch along each axis, in pixels; 0 where absent. */
  readonly jitter?: number;
}

/** Where a patch begins. */
export interface Corner {
  readonly left: number;
  readonly top: number;
}

/** Where each patch of a grid begins, row by row. */
export function samplePatches(
  { rows, columns, stride, jitter = 0 }: Omit<PatchGrid, "size">,
  random: Random,
): Corner[] {
  return Array.from({ length: rows * columns }, (_, i) => ({
    left: (i % columns) * stride + random.integer(jitter + 1),
    top: Math.floor(i / columns) * stride + random.integer(jitter + 1),
  }));
}

/** Sides in pixels of what a grid reaches over at most: patches, and the shifts of the last ones. */
export function reachOf({ rows, columns, size, stride, jitter = 0 }: PatchGrid): {
  readonly width: number;
  readonly height: number;
} {
  const reach = (count: number) => (count - 1) * stride + jitter + size;
  return { width: reach(columns), height: reach(rows) };
}
