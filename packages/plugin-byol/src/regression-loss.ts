import { shapeMismatch } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

/**
 * BYOL's loss for one order of the views: the mean squared distance between rows of length 1.
 *
 *     loss = mean_i |p_i - t_i|² = 2 - 2 mean_i p_i . t_i
 *
 * Reference: Grill et al. 2020, https://arxiv.org/abs/2006.07733, eq. 2.
 *
 * @param predictions `[B, D]` float32, rows of length 1, from the online branch.
 * @param projections `[B, D]` float32, rows of length 1, of the other view, from the target branch; without
 * gradient.
 * @returns scalar in 0 .. 4, 2 for perpendicular rows; the caller owns it.
 * @throws {TsslError} SHAPE_MISMATCH if B or D disagree.
 *
 * @example
 * ```ts
 * // 2 - 2 cos, and the cosine is 0.6.
 * regressionLoss(tf.tensor2d([[1, 0]]), tf.tensor2d([[0.6, 0.8]])); // => 0.8
 * ```
 */
export function regressionLoss(predictions: tf.Tensor2D, projections: tf.Tensor2D): tf.Scalar {
  const [b, d] = predictions.shape;
  if (projections.shape[0] !== b || projections.shape[1] !== d) {
    throw shapeMismatch(
      "regressionLoss",
      "projections",
      `[${b}, ${d}] (same as predictions)`,
      projections.shape,
    );
  }
  return tf.tidy(() => {
    const cosines = tf.sum(tf.mul(predictions, projections), 1);
    return tf.sub<tf.Scalar>(2, tf.mul(2, tf.mean(cosines)));
  });
}
