import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { invalidOption, shapeMismatch } from "../errors.ts";

export interface InfoNceInput {
  /** `[B, D]` float32, rows of length 1; the gradient flows here. */
  readonly queries: tf.Tensor2D;
  /**
   * `[M, D]` float32, rows of length 1, M >= B: keys of the batch on all replicas.
   */
  readonly keys: tf.Tensor2D;
  /** `[B]` int32: the key that is the positive of each query. Default: the first B, one after another. */
  readonly positives?: tf.Tensor1D;
  /** `[K, D]` float32, rows of length 1: keys of earlier batches, negatives of every query. */
  readonly queue: tf.Tensor2D;
  /** T > 0, unitless. MoCo v1 uses 0.07, v2 0.2. */
  readonly temperature: number;
  /** Whether the other keys of the batch are negatives too. MoCo: no. CLSA's code: yes. */
  readonly inBatchNegatives: boolean;
}

export interface InfoNceResult {
  /**
   * Mean over the batch, in nats: near 0 when positives stand apart, log(1 + negatives) when all rows
   * coincide.
   */
  readonly loss: tf.Scalar;
  /** Share of queries that are nearest to their own key, 0 .. 1, without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * InfoNCE with a queue of negatives, the loss of MoCo:
 *
 *     loss_i = -log( exp(q_i . k_i / T) / ( exp(q_i . k_i / T) + sum_n exp(q_i . n / T) ) )
 *     loss   = mean_i loss_i
 *
 * over all rows n of the queue and, with `inBatchNegatives`, all other keys of the batch.
 *
 * Keys and queue must come without gradient, as an EMA network and a queue give them. Computed through a
 * fused log-softmax, so small temperatures do not overflow.
 *
 * Reference: He et al. 2020, https://arxiv.org/abs/1911.05722, eq. 1. In-batch negatives: Wang & Qi 2021,
 * https://arxiv.org/abs/2104.07713, in the authors' code. Differs from both codes in keeping the queue as
 * `[K, D]`.
 *
 * @throws {TsslError} SHAPE_MISMATCH if D disagrees or keys are missing; INVALID_OPTION if the temperature is
 * not > 0.
 *
 * Memory: frees its intermediates; the caller owns both results.
 *
 * @example
 * ```ts
 * // log(1 + e^-1): one positive with cosine 1, one negative with cosine 0.
 * const q = tf.tensor2d([[1, 0]]);
 * const queue = tf.tensor2d([[0, 1]]);
 * infoNce({ queries: q, keys: q, queue, temperature: 1, inBatchNegatives: false }).loss; // => 0.3133
 * ```
 */
export function infoNce({
  queries,
  keys,
  positives,
  queue,
  temperature,
  inBatchNegatives,
}: InfoNceInput): InfoNceResult {
  const [b, d] = queries.shape;
  if (keys.shape[0] < b || keys.shape[1] !== d) {
    throw shapeMismatch("infoNce", "keys", `[${b} or more, ${d}] (B or more, D of queries)`, keys.shape);
  }
  if (queue.shape[1] !== d) throw shapeMismatch("infoNce", "queue", `[K, ${d}] (D of queries)`, queue.shape);
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);

  return tf.tidy(() => {
    const places = positives ?? tf.range(0, b, 1, "int32");
    const own = keys.shape[0] === b ? keys : tf.gather(keys, places);
    const toQueue = tf.matMul(queries, queue, false, true); // [B, K]
    const toKeys = inBatchNegatives
      ? tf.matMul(queries, keys, false, true) // [B, M]
      : tf.sum(tf.mul(queries, own), 1, true); // [B, 1]
    const logits = tf.div<tf.Tensor2D>(tf.concat([toKeys, toQueue], 1), temperature);
    const labels = inBatchNegatives ? places : tf.zeros([b], "int32");
    return {
      loss: tf.mean<tf.Scalar>(engine.sparseSoftmaxCrossEntropy(logits, labels as tf.Tensor1D)),
      accuracy: pretextAccuracy(logits, labels as tf.Tensor1D),
    };
  });
}

/**
 * The share of rows whose largest logit is at their label.
 *
 * @returns scalar in 0 .. 1, without gradient; the caller owns it.
 *
 * @example
 * ```ts
 * pretextAccuracy(tf.tensor2d([[2, 1], [2, 1]]), tf.tensor1d([0, 1], "int32")); // => 0.5
 * ```
 */
export function pretextAccuracy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return engine.withoutGradient(() => tf.mean(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "float32")));
}
