import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import type { Query } from "../plugins/embedding-space.ts";

/** The part of an `EmbeddingSpace` that is looked at. */
interface EmbeddingsByView {
  readonly queries: Readonly<Record<string, Pick<Query, "embedding">>>;
}

/**
 * How far the queries of a batch are apart: the standard deviation of each dimension, averaged, times
 * sqrt(D).
 *
 * Near 1 when directions are spread evenly over the sphere, where each dimension deviates by 1 / sqrt(D); 0
 * when all embeddings are the same ("collapse"). The deviation is the unbiased one (of N rows, divided by
 * N - 1, as `torch.std`), so that its square does not depend on the size of the batch in the mean. Reference:
 * Chen & He 2021, https://arxiv.org/abs/2011.10566, figure 2.
 *
 * @returns scalar without gradient, over the queries of all views; the caller owns it.
 *
 * @example
 * ```ts
 * // sqrt(4 / 3): four rows are few.
 * const axes = tf.tensor2d([[1, 0], [-1, 0], [0, 1], [0, -1]]);
 * embeddingSpread({ queries: { query: { embedding: axes } } }); // => 1.1547
 * ```
 */
export function embeddingSpread({ queries }: EmbeddingsByView): tf.Scalar {
  return engine.withoutGradient(() => {
    const rows = tf.concat(Object.values(queries).map(({ embedding }) => embedding)); // [views * B, D]
    const [n, dim] = rows.shape;
    const { variance } = tf.moments(rows, 0); // over N, not N - 1
    return tf.mul<tf.Scalar>(tf.mean(tf.sqrt(variance)), Math.sqrt((dim * n) / Math.max(1, n - 1)));
  });
}
