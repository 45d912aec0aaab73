import * as tf from "@tensorflow/tfjs";

/** Shorter rows are divided by this instead of their length, as in `torch.nn.functional.normalize`. */
const SHORTEST = 1e-12;

/**
 * Each row divided by its Euclidean length.
 *
 * @param x `[B, D]` float32.
 * @returns `[B, D]` with rows of length 1; a row of zeros stays zero. The caller owns it.
 *
 * @example
 * ```ts
 * l2Normalize(tf.tensor2d([[3, 4]])); // => [[0.6, 0.8]]
 * ```
 */
export function l2Normalize(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(x), 1, true);
    return tf.mul(x, tf.rsqrt(tf.maximum(squares, SHORTEST ** 2)));
  });
}
