import { invalidOption, shapeMismatch, withoutGradient } from "@tssl/core";
import { candidateLogits } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface LocalAggregationInput {
  /** `[B, D]` float32, rows of length 1; the gradient flows here. */
  readonly queries: tf.Tensor2D;
  /** `[N, D]` float32: one row for each training image, without gradient. */
  readonly bank: tf.Tensor2D;
  /** `[B]` int32 in 0 .. N - 1: which row of the bank is each query's own image. */
  readonly indices: tf.Tensor1D;
  /** `[H, N]` int32: the cluster of each image in each of H clusterings. */
  readonly labels: tf.Tensor2D;
  /** k, rows of the bank that are an embedding's background, 1 .. N. */
  readonly background: number;
  /** T > 0, unitless. The paper: 0.07. */
  readonly temperature: number;
}

export interface LocalAggregationResult {
  /** Mean over the batch, in nats, from 0 to 16.1. */
  readonly loss: tf.Scalar;
  /** Close neighbours of a query, a mean over the batch, without gradient. */
  readonly close: tf.Scalar;
  /** Share of queries without any: their loss is 16.1 and they have no gradient. */
  readonly alone: tf.Scalar;
}

/** Added to the probability in the authors' code. */
const EPSILON = 1e-7;

/**
 * Local aggregation: of the rows of the bank near an embedding, those of its own clusters are drawn nearer.
 *
 *     B_i  = the k rows with the largest q_i . v_j                            (background neighbours)
 *     C_i  = rows j with label_h(j) = label_h(i) in some clustering h
 *     s_ij = exp(q_i . v_j / T)
 *     loss = - mean_i log( sum_{j in C_i and B_i} s_ij / sum_{j in B_i} s_ij + 1e-7 )
 *
 * Where more rows than k are as near as the k-th, all of these are background. With labels that make each
 * image a cluster of its own, it is the softmax of the image's own row among its background.
 *
 * Reference: Zhuang et al. 2019, https://arxiv.org/abs/1903.12355, eq. 3 to 5;
 * neuroailab/LocalAggregation, model/instance_model.py at 87ac593, where a constant Z is in both sums and
 * cancels.
 *
 * @throws {TsslError} SHAPE_MISMATCH if B, D or N disagree; INVALID_OPTION if the temperature is not > 0 or
 * the background not in 1 .. N.
 *
 * Memory: `[B, N]` numbers, some five times over: 130 MB for 128 queries and 50 000 rows. The caller owns the
 * results.
 *
 * @example
 * ```ts
 * const bank = tf.tensor2d([[1, 0], [0, 1], [-1, 0]]);
 * const [labels, indices] = [tf.tensor2d([[0, 0, 1]], [1, 3], "int32"), tf.tensor1d([0], "int32")];
 * const near = { queries: tf.tensor2d([[0.6, 0.8]]), bank, indices, labels, temperature: 1 };
 * localAggregation({ ...near, background: 2 }).loss; // => 0
 * localAggregation({ ...near, background: 3 }).loss; // => 0.12715
 * ```
 */
export function localAggregation({
  queries,
  bank,
  indices,
  labels,
  background,
  temperature,
}: LocalAggregationInput): LocalAggregationResult {
  const [b, d] = queries.shape;
  const [n] = bank.shape;
  const where = "localAggregation";
  if (bank.shape[1] !== d) throw shapeMismatch(where, "bank", `[N, ${d}] (D of queries)`, bank.shape);
  if (indices.shape[0] !== b) throw shapeMismatch(where, "indices", `[${b}] (B of queries)`, indices.shape);
  if (labels.shape[1] !== n) throw shapeMismatch(where, "labels", `[H, ${n}] (N of bank)`, labels.shape);
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);
  if (!(background >= 1 && background <= n)) throw invalidOption("background", `from 1 to ${n}`, background);

  return tf.tidy(() => {
    const logits = candidateLogits({ queries, candidates: bank, temperature }); // [B, N]
    const least = withoutGradient(() => tf.min(tf.topk(logits, background, false).values, 1, true));
    const near = tf.cast(tf.greaterEqual(logits, least), "float32");
    const close = tf.mul(near, tf.cast(sameCluster(labels, indices), "float32"));

    const most = withoutGradient(() => tf.max(logits, 1, true));
    const likeness = tf.exp(tf.sub(logits, most));
    const share = tf.div(tf.sum(tf.mul(likeness, close), 1), tf.sum(tf.mul(likeness, near), 1)); // [B]
    const count = tf.sum(close, 1);
    return {
      loss: tf.neg<tf.Scalar>(tf.mean<tf.Scalar>(tf.log(tf.add(share, EPSILON)))),
      close: tf.mean<tf.Scalar>(count),
      alone: tf.mean<tf.Scalar>(tf.cast(tf.equal(count, 0), "float32")),
    };
  });
}

/** `[B, N]` bool: whether an image has the label of another in some clustering. */
function sameCluster(labels: tf.Tensor2D, indices: tf.Tensor1D): tf.Tensor {
  return tf
    .unstack(labels)
    .map((each) => tf.equal(tf.expandDims(tf.gather(each, indices), 1), tf.expandDims(each, 0)))
    .reduce((one, other) => tf.logicalOr(one, other));
}
