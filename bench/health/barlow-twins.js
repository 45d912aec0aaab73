import { byolView } from "@tssl/augment-zoo";
import { definePlugin, embeddings, mlpHead, published } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

const weight = (fallback, description) => ({ type: "number", minimum: 0, default: fallback, description });

/**
 * Barlow Twins (https://arxiv.org/abs/2103.03230) with a weight on each of its terms, so that it can be
 * made ill.
 */
export default definePlugin({
  name: "barlow-twins",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["dim", "invariance", "redundancy"],
    properties: {
      dim: { type: "integer", minimum: 1, default: 128, description: "Length of an embedding." },
      invariance: weight(1, "Weight of the diagonal of the correlation (paper: 1)."),
      redundancy: weight(0.005, "Weight of the rest of the correlation (paper: lambda)."),
    },
  },
  publishes: [embeddings],
  views: (_options, { imageSize: size }) => ({
    first: { recipe: byolView({ size, blur: 0, solarize: 0 }) },
    second: { recipe: byolView({ size, blur: 0, solarize: 0.2 }) },
  }),
  setup(build, { dim, invariance, redundancy }) {
    const head = mlpHead({ dim, hidden: [dim, dim], batchNorm: true, last: "plain" });
    const network = build.network("network", { head });
    return {
      network,
      step({ views }) {
        const rows = { first: network.embed(views.first), second: network.embed(views.second) };
        const [count] = rows.first.shape;
        const correlation = tf.div(
          tf.matMul(standardized(rows.first), standardized(rows.second), true),
          count,
        );
        const identity = tf.eye(dim);
        const agreement = tf.sum(tf.mul(identity, tf.square(tf.sub(1, correlation))));
        const rest = tf.sum(tf.mul(tf.sub(1, identity), tf.square(correlation)));
        const loss = tf.add(tf.mul(agreement, invariance), tf.mul(rest, redundancy));
        return {
          terms: { correlation: { loss, ...(invariance === 0 ? {} : { chance: invariance * dim }) } },
          publish: [published(embeddings, rows)],
        };
      },
    };
  },
});

/** Each dimension with mean 0 and deviation 1 over the batch. */
function standardized(rows) {
  const { mean, variance } = tf.moments(rows, 0);
  return tf.div(tf.sub(rows, mean), tf.sqrt(tf.add(variance, 1e-5)));
}
