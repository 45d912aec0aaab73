import { shapeMismatch, sparseSoftmaxCrossEntropy, withoutGradient } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

export interface LabelLossInput {
  /** `[B, C]` float32: a score for each class; the gradient flows here. */
  readonly logits: tf.Tensor2D;
  /** `[B]` int32 in 0 .. C - 1, or -1 where the class is not known. */
  readonly labels: tf.Tensor1D;
}

export interface LabelLossResult {
  /** Mean over the images whose class is known, in nats: 0 or more; log C where all scores are equal. */
  readonly loss: tf.Scalar;
  /** Share of these images whose own class has the largest score, 0 .. 1, without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * Cross-entropy of class scores with labels:
 *
 *     loss = - mean over images of log( exp(s_y) / sum_c exp(s_c) )        y: the image's class
 *
 * Images whose class is not known (-1) take no part; a batch of them alone has loss 0.
 *
 * @throws {TsslError} SHAPE_MISMATCH if B disagrees.
 *
 * Memory: frees its intermediates; the caller owns both results.
 *
 * @example
 * ```ts
 * // log(1 + e^-1), and an image that takes no part.
 * const logits = tf.tensor2d([[1, 0], [3, 0]]);
 * labelLoss({ logits, labels: tf.tensor1d([0, -1], "int32") }).loss; // => 0.3133
 * ```
 */
export function labelLoss({ logits, labels }: LabelLossInput): LabelLossResult {
  const [b] = logits.shape;
  if (labels.shape[0] !== b) throw shapeMismatch("labelLoss", "labels", `[${b}] (B of logits)`, labels.shape);
  return tf.tidy(() => {
    const known = tf.cast(tf.greaterEqual(labels, 0), "float32");
    const count = tf.maximum(tf.sum(known), 1);
    const classes = tf.maximum<tf.Tensor1D>(labels, tf.scalar(0, "int32"));
    const meanOfKnown = (values: tf.Tensor) => tf.div<tf.Scalar>(tf.sum(tf.mul(values, known)), count);
    const right = withoutGradient(() => tf.cast(tf.equal(tf.argMax(logits, 1), classes), "float32"));
    return {
      loss: meanOfKnown(sparseSoftmaxCrossEntropy(logits, classes)),
      accuracy: meanOfKnown(right),
    };
  });
}
