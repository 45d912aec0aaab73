import { invalidOption, shapeMismatch, sparseSoftmaxCrossEntropy } from "@tssl/core";
import { candidateLogits, pretextAccuracy } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

/** The images of a batch by one clustering. */
export interface AssignedClusters {
  /** `[K, D]` float32, rows of length 1, without gradient: the centroids. */
  readonly prototypes: tf.Tensor2D;
  /** `[B]` int32: the cluster of each image, 0 .. K - 1. */
  readonly assigned: tf.Tensor1D;
}

export interface ClusterPredictionInput {
  /** Of each crop `[B, D]` float32, rows of length 1; the gradient flows here. One or more. */
  readonly embeddings: readonly tf.Tensor2D[];
  /** One or more. */
  readonly clusterings: readonly AssignedClusters[];
  /** T > 0, unitless. DeepCluster-v2 uses 0.1. */
  readonly temperature: number;
}

export interface ClusterPredictionResult {
  /** In nats: the mean of log K where predictions are uniform. */
  readonly loss: tf.Scalar;
  /** Share of predictions whose nearest prototype is that of the cluster, 0 .. 1, without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * DeepCluster-v2's loss: every crop of an image predicts the clusters that the image is assigned to.
 *
 *     loss = mean over clusterings h, crops v and images of  - log softmax(C_h z_v / T)_a
 *
 * C_h: the prototypes of clustering h; a: the cluster that it assigns the image to.
 *
 * Reference: Caron et al. 2020, https://arxiv.org/abs/2006.09882, appendix; facebookresearch/swav,
 * main_deepclusterv2.py at 9a2dc80.
 *
 * @throws {TsslError} SHAPE_MISMATCH if B or D disagree; INVALID_OPTION if there are no crops or no
 * clusterings, or if the temperature is not > 0.
 *
 * Memory: `[V B, K]` numbers of V crops, for each clustering; frees its intermediates. The caller owns both
 * results.
 *
 * @example
 * ```ts
 * const prototypes = tf.tensor2d([[1, 0], [0, 1]]);
 * const clusterings = [{ prototypes, assigned: tf.tensor1d([0], "int32") }];
 * // log(1 + e^-2)
 * clusterPrediction({ embeddings: [tf.tensor2d([[1, 0]])], clusterings, temperature: 0.5 }).loss; // => 0.1269
 * ```
 */
export function clusterPrediction({
  embeddings,
  clusterings,
  temperature,
}: ClusterPredictionInput): ClusterPredictionResult {
  checkInput({ embeddings, clusterings, temperature });
  return tf.tidy(() => {
    const queries = tf.concat2d([...embeddings], 0); // [V B, D]
    const results = clusterings.map(({ prototypes, assigned }) => {
      const logits = candidateLogits({ queries, candidates: prototypes, temperature });
      const labels = tf.tile(assigned, [embeddings.length]);
      return {
        loss: tf.mean(sparseSoftmaxCrossEntropy(logits, labels)),
        accuracy: pretextAccuracy(logits, labels),
      };
    });
    return {
      loss: tf.mean<tf.Scalar>(tf.stack(results.map(({ loss }) => loss))),
      accuracy: tf.mean<tf.Scalar>(tf.stack(results.map(({ accuracy }) => accuracy))),
    };
  });
}

function checkInput({ embeddings, clusterings, temperature }: ClusterPredictionInput): void {
  const [first] = embeddings;
  if (first === undefined) throw invalidOption("the number of embeddings", ">= 1, one of each crop", 0);
  if (clusterings.length === 0) throw invalidOption("the number of clusterings", ">= 1", 0);
  const where = "clusterPrediction";
  const [b, d] = first.shape;
  embeddings.forEach(({ shape }, v) => {
    if (shape[0] !== b || shape[1] !== d) {
      throw shapeMismatch(where, `embeddings[${v}]`, `[${b}, ${d}] (same as embeddings[0])`, shape);
    }
  });
  clusterings.forEach(({ prototypes, assigned }, h) => {
    if (prototypes.shape[1] !== d) {
      const expected = `[K, ${d}] (D of embeddings)`;
      throw shapeMismatch(where, `clusterings[${h}].prototypes`, expected, prototypes.shape);
    }
    if (assigned.shape[0] !== b) {
      throw shapeMismatch(where, `clusterings[${h}].assigned`, `[${b}] (B of embeddings)`, assigned.shape);
    }
  });
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);
}
