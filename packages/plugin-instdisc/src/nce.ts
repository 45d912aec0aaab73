import { invalidOption, type Replicas, withoutGradient } from "@tssl/core";
import { ownIsNearest, sampledLogits, type SampledRows, worldOfOne } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface NceInput extends SampledRows {
  /** N, the rows of the bank: one for each training image. */
  readonly bankSize: number;
  /** Scalar float32: the normalizer that the last step gave; below 0 before the first. */
  readonly z: tf.Scalar;
  /** Share of z that stays at each step, 0 .. 1. The authors: 1, a constant from the first batch on. */
  readonly zMomentum: number;
  /** Over whose batches Z is estimated. Default: this replica's alone. */
  readonly replicas?: Pick<Replicas, "mean">;
}

export interface NceResult {
  /** In nats, summed over the K + 1 decisions of a query, mean over the batch; see `nceChance`. */
  readonly loss: tf.Scalar;
  /** The normalizer of this step and of the next, without gradient. */
  readonly z: tf.Scalar;
  /** Share of queries to which no drawn row is nearer than their own, 0 .. 1, without gradient. */
  readonly accuracy: tf.Scalar;
}

/** Added to the noise's probability in the authors' code (lib/NCECriterion.py). */
const EPSILON = 1e-7;

/**
 * Noise-contrastive estimation of the softmax over a bank of N rows, InstDisc's loss on ImageNet. With K rows
 * j drawn uniformly from the bank, each query decides for its own row i and for every j whether it is the
 * image or noise:
 *
 *     P(j)  = exp(q . v_j / T) / Z
 *     h(j)  = P(j) / (P(j) + K / N + 1e-7)
 *     loss  = - mean over the batch of ( log h(i) + sum_j log( (K / N) / (P(j) + K / N + 1e-7) ) )
 *
 * Z = N * mean(exp(q . v / T)) over the own and drawn rows of the first batch, and constant from there on. It
 * is a guess: where the first batch is unlike the later ones, or N is small, a `zMomentum` of 0.99 follows
 * the mean instead (HobbitLong/CMC, issue 23). The gradient takes Z for a constant.
 *
 * A query's own row may be among the drawn ones, as in the authors' code.
 *
 * Reference: Wu et al. 2018, https://arxiv.org/abs/1805.01978, eq. 4 to 8; zhirongw/lemniscate.pytorch,
 * lib/NCEAverage.py and lib/NCECriterion.py. Differs from them in computing with log P, where P may
 * underflow. Z itself overflows float32 at temperatures below about 0.015.
 *
 * @throws {TsslError} SHAPE_MISMATCH if B or D disagree; INVALID_OPTION if the temperature is not > 0, the
 * bank has no rows, or zMomentum is not in 0 .. 1.
 *
 * Memory: frees its intermediates; the caller owns all three results.
 *
 * @example
 * ```ts
 * const [q, orthogonal] = [tf.tensor2d([[1, 0]]), tf.tensor3d([[[0, 1]]])];
 * const rows = { queries: q, own: q, sampled: orthogonal, temperature: 1 };
 * const first = nce({ ...rows, bankSize: 2, z: tf.scalar(-1), zMomentum: 1 });
 * first.z; // => 3.7183
 * first.loss; // => 0.9515
 * ```
 */
export function nce({ bankSize, z, zMomentum, replicas = worldOfOne, ...rows }: NceInput): NceResult {
  if (!(bankSize >= 1)) throw invalidOption("bankSize", ">= 1", bankSize);
  if (!(zMomentum >= 0 && zMomentum <= 1)) throw invalidOption("zMomentum", "in 0 .. 1", zMomentum);

  return tf.tidy(() => {
    const logits = sampledLogits("nce", rows); // [B, 1 + K]
    const count = logits.shape[1] - 1;
    const normalizer = withoutGradient<tf.Scalar>(() => nextZ(logits, z, bankSize, zMomentum, replicas));
    const logP = tf.sub(logits, tf.log(normalizer));
    const [own, drawn] = tf.split(logP, [1, count], 1) as [tf.Tensor2D, tf.Tensor2D];

    const noise = count / bankSize;
    const logNoise = Math.log(noise + EPSILON);
    const ownIsNoise = tf.softplus(tf.sub(logNoise, own)); // -log h(own)
    const drawnAreImages = tf.softplus(tf.sub(drawn, logNoise)); // -log(1 - h(drawn))
    const ofEpsilon = count * (logNoise - Math.log(noise));
    const perQuery = tf.add(tf.sum(ownIsNoise, 1), tf.sum(drawnAreImages, 1));
    return {
      loss: tf.add<tf.Scalar>(tf.mean(perQuery), ofEpsilon),
      z: normalizer,
      accuracy: ownIsNearest(logits, rows.temperature),
    };
  });
}

/** The first batch's own estimate; then the last value, which moves towards the batch's by 1 - zMomentum. */
function nextZ(
  logits: tf.Tensor2D,
  z: tf.Scalar,
  bankSize: number,
  zMomentum: number,
  replicas: Pick<Replicas, "mean">,
): tf.Scalar {
  const estimate = replicas.mean(tf.mul<tf.Scalar>(tf.mean(tf.exp(logits)), bankSize));
  // Without a move z stays what it is to the bit.
  const moved =
    zMomentum === 1 ? z : tf.add<tf.Scalar>(tf.mul(z, zMomentum), tf.mul(estimate, 1 - zMomentum));
  return tf.where<tf.Scalar>(tf.less(z, 0), estimate, moved);
}

/**
 * The loss of `nce` where every row of the bank is as near as every other, each with P = 1 / N.
 *
 * @param negatives K, the rows drawn for each query.
 * @returns `log(1 + K) + K log(1 + 1 / K)` nats.
 *
 * @example
 * ```ts
 * nceChance(4096); // => 9.3179
 * ```
 */
export const nceChance = (negatives: number): number =>
  Math.log1p(negatives) + negatives * Math.log1p(1 / negatives);
