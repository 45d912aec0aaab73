import * as tf from "@tensorflow/tfjs";

import type { Grid } from "./resampled-grid.ts";

/** As in the original transformer: wavelengths go from 2 pi to this times 2 pi. */
const LONGEST = 10_000;

/**
 * The position embeddings of MoCo v3, which are not learned: zeros for the class token, and for the patch in
 * row r and column c four parts of D / 4 numbers,
 *
 *     sin(r w_k), cos(r w_k), sin(c w_k), cos(c w_k)        w_k = 10000^(-4 k / D), k = 0 .. D / 4 - 1
 *
 * Reference: Chen, Xie & He 2021, https://arxiv.org/abs/2104.02057, section 4.1; facebookresearch/moco-v3,
 * vits.py, whose "w" is the row.
 *
 * @param dim D, a multiple of 4.
 * @returns `[1, 1 + rows * columns, D]`; the caller owns it.
 *
 * @example
 * ```ts
 * fixedPositions(4, [1, 2]); // => [[[0, 0, 0, 0], [0, 1, 0, 1], [0, 1, 0.8415, 0.5403]]]
 * ```
 */
export function fixedPositions(dim: number, [rows, columns]: Grid): tf.Tensor3D {
  const waves = Array.from({ length: dim / 4 }, (_, k) => LONGEST ** ((-4 * k) / dim));
  const both = (place: number) => [
    ...waves.map((wave) => Math.sin(place * wave)),
    ...waves.map((wave) => Math.cos(place * wave)),
  ];
  const patches = Array.from({ length: rows * columns }, (_, i) => [
    ...both(Math.floor(i / columns)),
    ...both(i % columns),
  ]);
  return tf.tensor3d([[Array<number>(dim).fill(0), ...patches]]);
}
