import { invalidOption, shapeMismatch, withoutGradient } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

export interface SinkhornInput {
  /** `[B, K]` float32: cosines of B embeddings and K prototypes. */
  readonly scores: tf.Tensor2D;
  /** `[L, K]` float32: those of earlier embeddings, beside which the batch is spread over the prototypes. */
  readonly queued?: tf.Tensor2D | undefined;
  /**
   * Strength of the smoothing, > 0, unitless: near 0 codes are one-hot, large they are uniform. SwAV uses
   * 0.05.
   */
  readonly epsilon: number;
  /** Rounds of normalizing prototypes, then images; a whole number >= 1. SwAV uses 3. */
  readonly iterations: number;
}

/**
 * Soft assignments of images to prototypes that spread the images evenly over the prototypes: SwAV's codes.
 *
 *     Q = exp(scores / epsilon)
 *     each round:  Q <- Q / sum over images,  then  Q <- Q / sum over prototypes
 *
 * After the last round each row is a distribution over prototypes; that every prototype has the same share of
 * the images, (B + L) / K, holds in the limit of many rounds. With `queued`, its rows take part and are then
 * left out.
 *
 * Reference: Caron et al. 2020, https://arxiv.org/abs/2006.09882, eq. 3 to 5; facebookresearch/swav,
 * main_swav.py, `distributed_sinkhorn`, whose factors 1 / K and 1 / B cancel. Differs from it in computing
 * with log Q: no epsilon makes it overflow or empties a prototype.
 *
 * @returns `[B, K]`, rows that sum to 1, without gradient. The caller owns it.
 * @throws {TsslError} SHAPE_MISMATCH if K disagrees; INVALID_OPTION if epsilon is not > 0 or there is no
 * round.
 *
 * @example
 * ```ts
 * // Both images are nearest to the first prototype; the one that is nearer gets more of it.
 * sinkhorn({ scores: tf.tensor2d([[1, 0.5], [1, 0.9]]), epsilon: 0.2, iterations: 100 });
 * // => [[0.7311, 0.2689], [0.2689, 0.7311]]
 * ```
 */
export function sinkhorn({ scores, queued, epsilon, iterations }: SinkhornInput): tf.Tensor2D {
  const [b, k] = scores.shape;
  if (queued !== undefined && queued.shape[1] !== k) {
    throw shapeMismatch("sinkhorn", "queued", `[L, ${k}] (K of scores)`, queued.shape);
  }
  if (!(epsilon > 0)) throw invalidOption("epsilon", "> 0", epsilon);
  if (!(Number.isInteger(iterations) && iterations >= 1)) {
    throw invalidOption("iterations", "a whole number >= 1", iterations);
  }

  return withoutGradient(() =>
    tf.tidy(() => {
      const all = queued === undefined ? scores : tf.concat2d([scores, queued], 0);
      let logQ: tf.Tensor = tf.div(all, epsilon);
      for (let round = 0; round < iterations; round++) {
        logQ = tf.sub(logQ, tf.logSumExp(logQ, 0, true));
        logQ = tf.sub(logQ, tf.logSumExp(logQ, 1, true));
      }
      return tf.slice(tf.exp(logQ as tf.Tensor2D), [0, 0], [b, k]);
    }),
  );
}
