import * as tf from "@tensorflow/tfjs";

import { resampledGrid } from "../resampled-grid.ts";
import type { TorchArray } from "./torch-array.ts";

/** The sides of two square grids of patches. */
export interface ResizedPositions {
  readonly from: number;
  readonly to: number;
}

/**
 * From which grid of position embeddings to which; undefined where an array is none of a square grid, or has
 * other numbers for each patch.
 *
 * @param saved shape of the array in a file. @param wanted the shape that an encoder has.
 */
export function positionSides(
  name: string,
  saved: readonly number[],
  wanted: readonly number[],
): ResizedPositions | undefined {
  if (name !== "pos_embed" || saved.length !== 3 || saved[0] !== 1 || saved[2] !== wanted[2])
    return undefined;
  const [from, to] = [saved, wanted].map(([, tokens]) => Math.sqrt(tokens! - 1)) as [number, number];
  return Number.isInteger(from) && Number.isInteger(to) && from > 0 ? { from, to } : undefined;
}

/**
 * Position embeddings `[1, 1 + from², D]` for a grid of another size: that of the class token stays, the others
 * are interpolated bicubically with antialiasing, as timm does.
 */
export const resizedPositions = ({ shape, data }: TorchArray, { from, to }: ResizedPositions): TorchArray => {
  const dim = shape[2]!;
  const patches = tf.tidy(() => {
    const grid = tf.tensor2d(data.subarray(dim), [from * from, dim]);
    return resampledGrid(grid, [from, from], [to, to]).dataSync() as Float32Array;
  });
  const resized = new Float32Array((1 + to * to) * dim);
  resized.set(data.subarray(0, dim));
  resized.set(patches, dim);
  return { shape: [1, 1 + to * to, dim], data: resized };
};
