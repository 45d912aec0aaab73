import * as tf from "@tensorflow/tfjs";

import { type Grid, resampledGrid } from "../resampled-grid.ts";
import type { TorchArray } from "./torch-array.ts";

/** The grid of patches of a file's position embeddings, and that of an encoder's. */
export interface ResizedPositions {
  readonly from: Grid;
  readonly to: Grid;
}

/**
 * From which grid of position embeddings to which; undefined where an array is none of a square grid, or has
 * other numbers for each patch.
 *
 * @param saved shape of the array in a file. @param wanted the shape that an encoder has, of the grid `to`.
 */
export function otherGrid(
  saved: readonly number[],
  wanted: readonly number[],
  to: Grid,
): ResizedPositions | undefined {
  const [one, tokens = 0, dim] = saved;
  const side = Math.sqrt(tokens - 1);
  const isSquare = saved.length === 3 && one === 1 && dim === wanted[2] && side > 0 && Number.isInteger(side);
  return isSquare ? { from: [side, side], to } : undefined;
}

/**
 * Position embeddings `[1, 1 + patches, D]` for a grid of another size: that of the class token stays, the
 * others are interpolated bicubically with antialiasing, as timm does.
 */
export function resizedPositions({ shape, data }: TorchArray, { from, to }: ResizedPositions): TorchArray {
  const dim = shape[2]!;
  const patches = tf.tidy(() => {
    const grid = tf.tensor2d(data.subarray(dim), [from[0] * from[1], dim]);
    return resampledGrid(grid, from, to).dataSync() as Float32Array;
  });
  const resized = new Float32Array(dim + patches.length);
  resized.set(data.subarray(0, dim));
  resized.set(patches, dim);
  return { shape: [1, resized.length / dim, dim], data: resized };
}
