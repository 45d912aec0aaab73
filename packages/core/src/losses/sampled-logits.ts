import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { invalidOption, shapeMismatch } from "../errors.ts";

export interface SampledRows {
  /** `[B, D]` float32, rows of length 1; the gradient flows here. */
  readonly queries: tf.Tensor2D;
  /** `[B, D]` float32: the bank's row of each query's own image, without gradient. */
  readonly own: tf.Tensor2D;
  /** `[B, K, D]` float32: rows of the bank drawn for each query, without gradient. */
  readonly sampled: tf.Tensor3D;
  /** T > 0, unitless. */
  readonly temperature: number;
}

/**
 * How near each query is to its own row of the bank and to the rows drawn for it: `q . v / T`.
 *
 * @param loss names the caller in errors.
 * @returns `[B, 1 + K]`, the own row in column 0. The caller owns it.
 */
export function sampledLogits(
  loss: string,
  { queries, own, sampled, temperature }: SampledRows,
): tf.Tensor2D {
  const [b, d] = queries.shape;
  if (own.shape[0] !== b || own.shape[1] !== d) {
    throw shapeMismatch(loss, "own", `[${b}, ${d}] (same as queries)`, own.shape);
  }
  if (sampled.shape[0] !== b || sampled.shape[2] !== d) {
    throw shapeMismatch(loss, "sampled", `[${b}, K, ${d}] (B and D of queries)`, sampled.shape);
  }
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);

  return tf.tidy(() => {
    const toOwn = tf.sum(tf.mul(queries, own), 1, true); // [B, 1]
    const toSampled = tf.squeeze(tf.matMul(sampled, tf.expandDims(queries, 2)), [2]); // [B, K]
    return tf.div<tf.Tensor2D>(tf.concat([toOwn, toSampled], 1), temperature);
  });
}

/**
 * Cosines this near are the same: a query's own row may be drawn too, and is then as near but for rounding.
 */
const SAME_COSINE = 1e-5;

/**
 * The share of queries to which no drawn row is nearer than their own.
 *
 * @param logits `[B, 1 + K]` of `sampledLogits`.
 * @returns scalar in 0 .. 1, without gradient; the caller owns it.
 */
export const ownIsNearest = (logits: tf.Tensor2D, temperature: number): tf.Scalar =>
  engine.withoutGradient(() => {
    const [own, drawn] = tf.split(logits, [1, logits.shape[1] - 1], 1) as [tf.Tensor2D, tf.Tensor2D];
    const lead = tf.sub(own, tf.max(drawn, 1, true));
    return tf.mean(tf.cast(tf.greaterEqual(lead, -SAME_COSINE / temperature), "float32"));
  });
