import { type Replicas, shapeMismatch, sparseSoftmaxCrossEntropy } from "@tssl/core";
import { pretextAccuracy, worldOfOne } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface PatchPredictionInput {
  /** `[B, H - ahead, W, D]` float32: what the contexts of all rows but the last say of the row `ahead` of each. */
  readonly predictions: tf.Tensor4D;
  /** `[B, H, W, D]` float32: the patches as they are to be recognized. */
  readonly targets: tf.Tensor4D;
  /** `[M, D]`: the targets of all replicas, patch by patch. Default: those of this one. */
  readonly candidates?: tf.Tensor2D;
  /** Rows from a context down to the patch that it predicts, 1 .. H - 1. */
  readonly ahead: number;
  /** Which of the replicas this is. Default: the only one. */
  readonly replicas?: Pick<Replicas, "ownRows">;
}

export interface PatchPredictionResult {
  /** Scalar in nats: near 0 where each patch is recognized, log(M) where all patches look the same. */
  readonly loss: tf.Scalar;
  /** Share of predictions that are nearest to their own patch, 0 .. 1; without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * InfoNCE over patches: the prediction of each context is to recognize the patch some rows below among all
 * patches of all images of the batch, its own image's included. p are predictions, t targets, both as they
 * come, of no particular length:
 *
 *     loss = mean over b, r, c of -log( exp(p_b,r,c . t_b,r+ahead,c) / sum_n exp(p_b,r,c . t_n) )
 *
 * The gradient flows into predictions and targets.
 *
 * Reference: Hénaff et al. 2020, https://arxiv.org/abs/1905.09272, eq. 3, and the pseudo-code of appendix
 * A.2.
 *
 * @throws {TsslError} SHAPE_MISMATCH if predictions are not the targets' shape without `ahead` rows.
 *
 * Memory: B (H - ahead) W M logits, twice with the gradient; frees its intermediates. The caller owns both
 * results.
 *
 * @example
 * ```ts
 * // One column of two patches: the prediction of the second has product 1 with it, and 0 with the first.
 * const targets = tf.tensor4d([0, 1], [1, 2, 1, 1]);
 * const predictions = tf.tensor4d([1], [1, 1, 1, 1]);
 * patchPrediction({ predictions, targets, ahead: 1 }).loss; // => 0.3133
 * ```
 */
export function patchPrediction({
  predictions,
  targets,
  candidates,
  ahead,
  replicas = worldOfOne,
}: PatchPredictionInput): PatchPredictionResult {
  const [b, h, w, d] = targets.shape;
  const rows = h - ahead;
  if (predictions.shape.join() !== [b, rows, w, d].join()) {
    const expected = `[${b}, ${rows}, ${w}, ${d}] (targets without ${ahead} rows)`;
    throw shapeMismatch("patchPrediction", "predictions", expected, predictions.shape);
  }
  return tf.tidy(() => {
    const all = candidates ?? tf.reshape<tf.Rank.R2>(targets, [b * h * w, d]);
    const logits: tf.Tensor2D = tf.matMul(tf.reshape(predictions, [b * rows * w, d]), all, false, true);
    const below = tf.slice(tf.reshape(replicas.ownRows(b * h * w), [b, h, w]), [0, ahead, 0]);
    const own = tf.reshape<tf.Rank.R1>(below, [b * rows * w]);
    return {
      loss: tf.mean<tf.Scalar>(sparseSoftmaxCrossEntropy(logits, own)),
      accuracy: pretextAccuracy(logits, own),
    };
  });
}
