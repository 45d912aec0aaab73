import * as tf from "@tensorflow/tfjs";

import { MOST_ROWS, type ObservedQuery, observedRows, type ObservedSpace } from "./observed-rows.ts";

/** What is logged as "embedding/…"; scalars. */
export interface EmbeddingGeometry {
  readonly rank: tf.Scalar;
  readonly alignment: tf.Scalar;
  readonly uniformity: tf.Scalar;
  readonly positive: tf.Scalar;
  readonly negative: tf.Scalar;
}

/**
 * How the queries of a batch lie on the sphere, measured for each view over its first N rows z_i
 * (`observedRows`), and averaged over views:
 *
 * - `rank`, the effective rank, as participation ratio of the covariance matrix C: `tr(C)^2 / tr(C^2)`, from
 *   0 to min(N - 1, D). It is k where the embeddings vary alike in k directions, 1 where they lie on a line,
 *   0 where all are the same. Unlike Roy & Vetterli 2007 and RankMe (Garrido et al. 2023,
 *   https://arxiv.org/abs/2210.02885), which take the entropy of the singular values, it needs no
 *   decomposition, and the mean is taken off first.
 * - `alignment`, the mean of `|z_i - z_i'|^2`, z_i' the positive: 0 .. 4, lower is closer. Wang & Isola 2020,
 *   https://arxiv.org/abs/2005.10242, with alpha = 2.
 * - `uniformity`, `log mean_{i != j} exp(-2 |z_i - z_j|^2)`: 0 where all are the same, near -4 + 8 / D where
 *   directions are spread evenly. Theirs with t = 2.
 * - `positive`, `negative`: mean cosine of a query with its own positive, and with the positives of the other
 *   images of the batch.
 *
 * @returns scalars without gradient, which the caller owns; undefined for fewer than two rows.
 *
 * @example
 * ```ts
 * // Four directions, evenly spread, each its own positive.
 * const axes = tf.tensor2d([[1, 0], [-1, 0], [0, 1], [0, -1]]);
 * const query = { embedding: axes, positives: tf.tensor1d([0, 1, 2, 3], "int32") };
 * const geometry = embeddingGeometry({ queries: { query }, candidates: axes });
 * geometry?.rank; // => 2
 * geometry?.alignment; // => 0
 * geometry?.negative; // => -0.3333
 * ```
 */
export function embeddingGeometry({ queries, candidates }: ObservedSpace): EmbeddingGeometry | undefined {
  const views = Object.values(queries);
  if (views[0] === undefined || views[0].embedding.shape[0] < 2) return undefined;
  return tf.tidy(() => {
    const measured = views.map((view) => measure(view, candidates));
    const mean = (name: keyof EmbeddingGeometry) =>
      tf.mean<tf.Scalar>(tf.stack(measured.map((each) => each[name])));
    return {
      rank: mean("rank"),
      alignment: mean("alignment"),
      uniformity: mean("uniformity"),
      positive: mean("positive"),
      negative: mean("negative"),
    };
  });
}

/**
 * What `rank` can be at most: `min(N - 1, D)`, as N rows less their mean span no more; undefined where it is
 * not measured.
 */
export function highestRank({ queries }: ObservedSpace): number | undefined {
  const [rows, dimensions] = Object.values(queries)[0]?.embedding.shape ?? [0, 0];
  return rows < 2 ? undefined : Math.min(Math.min(rows, MOST_ROWS) - 1, dimensions);
}

function measure(query: ObservedQuery, candidates: tf.Tensor2D): EmbeddingGeometry {
  const { rows, positives } = observedRows(query, candidates);
  const n = rows.shape[0];
  const pairs = n * (n - 1);

  const centred = tf.sub(rows, tf.mean(rows, 0, true));
  const products = tf.matMul(centred, centred, false, true); // [N, N]: its eigenvalues are those of N C
  const trace = tf.sum(tf.square(centred));
  const cosines = tf.matMul(rows, rows, false, true); // [N, N]
  // |a - b|^2 = 2 - 2 a.b for rows of length 1.
  const potential = tf.sum(tf.mul(tf.sub(1, tf.eye(n)), tf.exp(tf.mul(tf.sub(cosines, 1), 4))));
  const own = tf.sum(tf.mul(rows, positives)); // over all i: z_i . z_i'
  const all = tf.sum(tf.mul(tf.sum(rows, 0), tf.sum(positives, 0))); // over all i and j: z_i . z_j'
  const positive = tf.div<tf.Scalar>(own, n);

  return {
    rank: tf.div(tf.square(trace), tf.add(tf.sum(tf.square(products)), 1e-30)),
    alignment: tf.sub(2, tf.mul(positive, 2)),
    uniformity: tf.log(tf.div<tf.Scalar>(potential, pairs)),
    positive,
    negative: tf.div(tf.sub(all, own), pairs),
  };
}
