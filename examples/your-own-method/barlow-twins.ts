import { byolView } from "@tssl/augment-zoo";
import { definePlugin, embeddings, mlpHead, published } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

interface BarlowTwinsOptions {
  readonly dim: number;
  readonly offDiagonal: number;
}

/**
 * Barlow Twins: embeddings of two views agree in every dimension, and no two dimensions say the same. Zbontar
 * et al. 2021, https://arxiv.org/abs/2103.03230.
 */
export default definePlugin<BarlowTwinsOptions>({
  name: "barlow-twins",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["dim", "offDiagonal"],
    properties: {
      dim: { type: "integer", minimum: 1, default: 8192, description: "Length of an embedding (paper)." },
      offDiagonal: {
        type: "number",
        minimum: 0,
        default: 0.005,
        description: "Weight of the redundancy reduction term (paper: lambda).",
      },
    },
  },
  publishes: [embeddings],
  views: (_options, { imageSize: size }) => ({
    first: { recipe: byolView({ size, blur: 1, solarize: 0 }) },
    second: { recipe: byolView({ size, blur: 0.1, solarize: 0.2 }) },
  }),
  setup(build, { dim, offDiagonal }) {
    const head = mlpHead({ dim, hidden: [dim, dim], batchNorm: true, last: "plain" });
    const network = build.network("network", { head });
    return {
      network,
      step({ views, replicas }) {
        const [first, second] = [network.embed(views["first"]!), network.embed(views["second"]!)]; // [B, dim]
        const loss = barlowTwins(replicas.gather(first), replicas.gather(second), offDiagonal);
        return {
          terms: { crossCorrelation: { loss, chance: dim } },
          publish: [published(embeddings, { first, second })], // what the run's health is read from
        };
      },
    };
  },
});

/**
 * Eq. 1 and 2 of the paper, with C the correlation of each dimension of one view with each of the other, over
 * the batch:
 *
 *     loss = sum_i (1 - C_ii)^2 + lambda sum_i sum_{j != i} C_ij^2
 *
 * @param first `[B, D]`. @param second `[B, D]`: other views of the same images. @param lambda weight of the
 * second sum.
 */
export function barlowTwins(first: tf.Tensor2D, second: tf.Tensor2D, lambda: number): tf.Scalar {
  const [one, other] = [standardized(first), standardized(second)];
  const correlation = tf.div(tf.matMul(one, other, true), first.shape[0]); // [D, D]
  const diagonal = tf.mean(tf.mul(one, other), 0); // [D]
  const agreement = tf.sum(tf.square(tf.sub(1, diagonal)));
  const redundancy = tf.sub(tf.sum(tf.square(correlation)), tf.sum(tf.square(diagonal)));
  return tf.add(agreement, tf.mul(redundancy, lambda));
}

/** Each dimension with mean 0 and deviation 1 over the batch. */
function standardized(rows: tf.Tensor2D): tf.Tensor2D {
  const { mean, variance } = tf.moments(rows, 0);
  return tf.div(tf.sub(rows, mean), tf.sqrt(tf.add(variance, 1e-5)));
}
