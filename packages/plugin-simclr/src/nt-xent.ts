import {
  candidateLogits,
  invalidOption,
  pretextAccuracy,
  shapeMismatch,
  sparseSoftmaxCrossEntropy,
} from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

export interface NtXentInput {
  /** `[N, D]` float32, rows of length 1: embeddings of one view of N images. */
  readonly first: tf.Tensor2D;
  /** `[N, D]` float32, rows of length 1: embeddings of another view of the same images, in the same order. */
  readonly second: tf.Tensor2D;
  /** T > 0, unitless. SimCLR uses 0.1 on ImageNet and 0.5 on CIFAR-10. */
  readonly temperature: number;
}

export interface NtXentResult {
  /**
   * Scalar in nats: near 0 when positives are much closer than all other rows, log(2N - 1) when all rows
   * coincide.
   */
  readonly loss: tf.Scalar;
  /** Share of the 2N rows whose nearest row is the other view of the same image, 0 .. 1; without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * The normalized temperature-scaled cross-entropy, SimCLR's loss. z are the 2N rows of both views, j(i) is
 * the other view of row i's image:
 *
 *     loss_i = -log( exp(z_i . z_j(i) / T) / sum_{k != i} exp(z_i . z_k / T) )
 *     loss   = mean over all 2N rows
 *
 * The gradient flows into both views, from both sides of each product. A fused log-softmax keeps small
 * temperatures from overflowing.
 *
 * Reference: Chen et al. 2020, https://arxiv.org/abs/2002.05709, eq. 1 and algorithm 1, which takes the mean
 * over 2N rows. The authors' code adds the means of the two views instead, which gives twice the value.
 *
 * @throws {TsslError} SHAPE_MISMATCH if N or D disagree; INVALID_OPTION if the temperature is not > 0.
 *
 * Memory: frees its intermediates; the caller owns both results.
 *
 * @example
 * ```ts
 * const z = tf.tensor2d([[1, 0], [0, 1]]);
 * ntXent({ first: z, second: z, temperature: 1 }).loss; // => log(1 + 2 / e) = 0.5514
 * ```
 */
export function ntXent({ first, second, temperature }: NtXentInput): NtXentResult {
  const [n, d] = first.shape;
  if (second.shape[0] !== n || second.shape[1] !== d) {
    throw shapeMismatch("ntXent", "second", `[${n}, ${d}] (same as first)`, second.shape);
  }
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);

  return tf.tidy(() => {
    const rows = tf.concat2d([first, second], 0); // [2N, D]
    const itself = tf.oneHot(tf.range(0, 2 * n, 1, "int32"), 2 * n, 1, 0, "float32") as tf.Tensor2D;
    const logits = candidateLogits({ queries: rows, candidates: rows, temperature, excluded: itself });
    const labels = tf.concat1d([tf.range(n, 2 * n, 1, "int32"), tf.range(0, n, 1, "int32")]);
    return {
      loss: tf.mean<tf.Scalar>(sparseSoftmaxCrossEntropy(logits, labels)),
      accuracy: pretextAccuracy(logits, labels),
    };
  });
}
