import { invalidOption, type Replicas, shapeMismatch, sparseSoftmaxCrossEntropy } from "@tssl/core";
import { candidateLogits, leavingOut, pretextAccuracy, worldOfOne } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface NtXentInput {
  /** `[N, D]` float32, rows of length 1: embeddings of one view of N images. */
  readonly first: tf.Tensor2D;
  /** `[N, D]` float32, rows of length 1: embeddings of another view of the same images, in the same order. */
  readonly second: tf.Tensor2D;
  /** T > 0, unitless. SimCLR uses 0.1 on ImageNet and 0.5 on CIFAR-10. */
  readonly temperature: number;
  /** Whose rows are candidates too: 2 N `replicas.size` in all. Default: this replica's alone. */
  readonly replicas?: Pick<Replicas, "ownRows" | "gather">;
}

export interface NtXentResult {
  /**
   * Scalar in nats: near 0 when positives are much closer than all other rows, log(candidates - 1) when all
   * rows coincide.
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
 * // log(1 + 2 / e): the positive has cosine 1, the two negatives 0.
 * const z = tf.tensor2d([[1, 0], [0, 1]]);
 * ntXent({ first: z, second: z, temperature: 1 }).loss; // => 0.5514
 * ```
 */
export function ntXent({ first, second, temperature, replicas = worldOfOne }: NtXentInput): NtXentResult {
  const [n, d] = first.shape;
  if (second.shape[0] !== n || second.shape[1] !== d) {
    throw shapeMismatch("ntXent", "second", `[${n}, ${d}] (same as first)`, second.shape);
  }
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);

  return tf.tidy(() => {
    const rows = tf.concat2d([first, second], 0); // [2N, D]
    const candidates = replicas.gather(rows); // [M, D]
    const itself = replicas.ownRows(2 * n);
    const [firstRows, secondRows] = tf.split(itself, 2) as [tf.Tensor1D, tf.Tensor1D];
    const logits = candidateLogits({
      queries: rows,
      candidates,
      temperature,
      excluded: leavingOut(itself, candidates.shape[0]),
    });
    const labels = tf.concat1d([secondRows, firstRows]);
    return {
      loss: tf.mean<tf.Scalar>(sparseSoftmaxCrossEntropy(logits, labels)),
      accuracy: pretextAccuracy(logits, labels),
    };
  });
}
