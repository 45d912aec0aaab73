import { byolView } from "@tssl/augment-zoo";
import { definePlugin, embeddings, mlpHead, published } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

const weight = (fallback, description) => ({ type: "number", minimum: 0, default: fallback, description });

/**
 * VICReg (https://arxiv.org/abs/2105.04906): weights of its three terms as in the paper, so that it can be
 * made ill.
 */
export default definePlugin({
  name: "vicreg",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["dim", "invariance", "variance", "covariance"],
    properties: {
      dim: { type: "integer", minimum: 1, default: 128, description: "Length of an embedding." },
      invariance: weight(25, "Weight of the distance of two views (paper: lambda)."),
      variance: weight(25, "Weight of the hinge on each dimension's deviation (paper: mu)."),
      covariance: weight(1, "Weight of the covariance of dimensions (paper: nu)."),
    },
  },
  publishes: [embeddings],
  views: (_options, { imageSize: size }) => ({
    first: { recipe: byolView({ size, blur: 0, solarize: 0.1 }) },
    second: { recipe: byolView({ size, blur: 0, solarize: 0.1 }) },
  }),
  setup(build, options) {
    const { dim } = options;
    const head = mlpHead({ dim, hidden: [dim, dim], batchNorm: true, last: "plain" });
    const network = build.network("network", { head });
    return {
      network,
      step({ views }) {
        const rows = { first: network.embed(views.first), second: network.embed(views.second) };
        const both = [rows.first, rows.second];
        const sum = (term) => tf.addN(both.map((each) => term(each)));
        return {
          terms: {
            invariance: {
              loss: tf.mean(tf.squaredDifference(rows.first, rows.second)),
              weight: options.invariance,
            },
            variance: { loss: sum(tooNarrow), weight: options.variance / 2 },
            covariance: { loss: sum(covariance), weight: options.covariance },
          },
          publish: [published(embeddings, rows)],
        };
      },
    };
  },
});

const centred = (rows) => tf.sub(rows, tf.mean(rows, 0, true));

/** Eq. 1: how far the deviation of each dimension is below 1, in the mean. */
function tooNarrow(rows) {
  const variance = tf.div(tf.sum(tf.square(centred(rows)), 0), rows.shape[0] - 1);
  return tf.mean(tf.relu(tf.sub(1, tf.sqrt(tf.add(variance, 1e-4)))));
}

/** Eq. 3 and 4: the squared covariances of different dimensions, summed, divided by their number. */
function covariance(rows) {
  const [count, dim] = rows.shape;
  const all = tf.div(tf.matMul(centred(rows), centred(rows), true), count - 1);
  return tf.div(tf.sum(tf.mul(tf.sub(1, tf.eye(dim)), tf.square(all))), dim);
}
