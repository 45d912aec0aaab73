import { l2Normalize } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

/**
 * What rows of the bank become once their images have been seen: a mean of the old row and the query, of
 * length 1.
 *
 *     v <- (keep v + (1 - keep) q) / |keep v + (1 - keep) q|
 *
 * Reference: zhirongw/lemniscate.pytorch, lib/NCEAverage.py, whose `momentum` is `keep`. (mmselfsup has its
 * momentum the other way round; at 0.5 both are the same.)
 *
 * @param rows `[B, D]` float32: the bank's rows of the batch.
 * @param queries `[B, D]` float32, rows of length 1: the same images as the step has seen them.
 * @param keep share of the old row that stays, 0 .. 1.
 * @returns `[B, D]`, rows of length 1. The caller owns it.
 *
 * @example
 * ```ts
 * movedRows(tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]]), 0.5); // => [[0.7071, 0.7071]]
 * ```
 */
export const movedRows = (rows: tf.Tensor2D, queries: tf.Tensor2D, keep: number): tf.Tensor2D =>
  tf.tidy(() => l2Normalize(tf.add(tf.mul(rows, keep), tf.mul(queries, 1 - keep))));
