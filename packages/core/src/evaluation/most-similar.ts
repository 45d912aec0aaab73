import * as tf from "@tensorflow/tfjs";

/** For each query the rows of a bank that are most similar to it, most similar first. */
export interface MostSimilar {
  /** `[Q, count]`: the products of a query and a row, which are cosines where both have length 1. */
  readonly similarities: Float32Array;
  /** `[Q, count]`: places of the rows in the bank; of equal products the lower place first. */
  readonly places: Int32Array;
}

/**
 * Finds the rows of a bank `[N, D]` with the largest products with each query `[Q, D]`. All `Q N` products
 * are in memory at once, so callers pass queries in blocks.
 *
 * @param queries makes them, within this function's tidy.
 * @param count at most N.
 */
export async function mostSimilar(
  queries: () => tf.Tensor2D,
  bank: tf.Tensor2D,
  count: number,
): Promise<MostSimilar> {
  const { values, indices } = tf.tidy(() => tf.topk(tf.matMul(queries(), bank, false, true), count));
  try {
    const [similarities, places] = await Promise.all([values.data(), indices.data()]);
    return { similarities: similarities as Float32Array, places: places as Int32Array };
  } finally {
    tf.dispose([values, indices]);
  }
}
