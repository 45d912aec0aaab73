import { type Replicas, shapeMismatch, sparseSoftmaxCrossEntropy } from "@tssl/core";
import { pretextAccuracy, worldOfOne } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface PrototypeContrastInput {
  /** `[B, D]` float32, rows of length 1; the gradient flows here. */
  readonly queries: tf.Tensor2D;
  /** `[K, D]` float32, rows of length 1, without gradient: the centroids of a clustering. */
  readonly prototypes: tf.Tensor2D;
  /** `[K]` float32, above 0: the temperature of each prototype; see `density`. */
  readonly densities: tf.Tensor1D;
  /** `[B]` int32: the prototype of each query's cluster. */
  readonly assigned: tf.Tensor1D;
  /** `[R]` int32: prototypes that are negatives of every query. Absent: all that are not its own. */
  readonly negatives?: tf.Tensor1D | undefined;
  /** Whose prototypes are the batch's, with `negatives`. Default: this replica's alone. */
  readonly replicas?: Pick<Replicas, "gather" | "ownRows">;
}

export interface PrototypeContrastResult {
  /** Mean over the batch, in nats. */
  readonly loss: tf.Scalar;
  /** Share of queries whose own prototype has the largest logit, 0 .. 1, without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * PCL's prototype term of one clustering: each query is drawn to the centroid c of its cluster.
 *
 *     loss = - mean over the batch of log( exp(q . c_s / phi_s) / sum_j exp(q . c_j / phi_j) )
 *     s: the own cluster
 *
 * With `negatives` the sum is over the prototypes of the batch, one column for each query, and the negatives,
 * as in the authors' code: where two queries share a cluster, each meets its own prototype as a negative too.
 * Without, it is over all K prototypes once.
 *
 * Reference: Li et al. 2021, https://arxiv.org/abs/2005.04966, eq. 11; salesforce/PCL, pcl/builder.py at
 * 964da1f. The mean over clusterings is the caller's.
 *
 * @throws {TsslError} SHAPE_MISMATCH if B, D or K disagree.
 *
 * Memory: `[B, B + R]` numbers, or `[B, K]`; frees its intermediates. The caller owns both results.
 *
 * @example
 * ```ts
 * const prototypes = tf.tensor2d([[1, 0], [0, 1]]);
 * const [densities, assigned] = [tf.tensor1d([0.5, 1]), tf.tensor1d([0], "int32")];
 * // log(1 + e^-2)
 * prototypeContrast({ queries: tf.tensor2d([[1, 0]]), prototypes, densities, assigned }).loss; // => 0.1269
 * ```
 */
export function prototypeContrast({
  queries,
  prototypes,
  densities,
  assigned,
  negatives,
  replicas = worldOfOne,
}: PrototypeContrastInput): PrototypeContrastResult {
  const [b, d] = queries.shape;
  const [k] = prototypes.shape;
  const where = "prototypeContrast";
  if (prototypes.shape[1] !== d) {
    throw shapeMismatch(where, "prototypes", `[K, ${d}] (D of queries)`, prototypes.shape);
  }
  if (densities.shape[0] !== k) {
    throw shapeMismatch(where, "densities", `[${k}] (K of prototypes)`, densities.shape);
  }
  if (assigned.shape[0] !== b) {
    throw shapeMismatch(where, "assigned", `[${b}] (B of queries)`, assigned.shape);
  }

  return tf.tidy(() => {
    const columns = negatives === undefined ? undefined : tf.concat1d([replicas.gather(assigned), negatives]);
    const rows = columns === undefined ? prototypes : tf.gather(prototypes, columns);
    const temperatures = columns === undefined ? densities : tf.gather(densities, columns);
    const logits = tf.div<tf.Tensor2D>(tf.matMul(queries, rows, false, true), tf.expandDims(temperatures, 0));
    const own = columns === undefined ? assigned : replicas.ownRows(b);
    return {
      loss: tf.mean<tf.Scalar>(sparseSoftmaxCrossEntropy(logits, own)),
      accuracy: pretextAccuracy(logits, own),
    };
  });
}
