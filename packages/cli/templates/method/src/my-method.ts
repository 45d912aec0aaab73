import { mocoV2View } from "@tssl/augment-zoo";
import { definePlugin, embeddings, mlpHead, published } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

/** What a config may set. Each option has a default, below. */
export interface Options {
  readonly dim: number;
  readonly invariance: number;
  readonly variance: number;
  readonly covariance: number;
}

/**
 * my-method. A start that works: VICReg in small (Bardes et al. 2021, https://arxiv.org/abs/2105.04906). Put
 * your own views, networks and loss in its place.
 */
export default definePlugin<Options>({
  name: "my-method",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["dim", "invariance", "variance", "covariance"],
    properties: {
      dim: { type: "integer", minimum: 2, default: 128, description: "Length of an embedding." },
      invariance: { type: "number", minimum: 0, default: 25, description: "Weight of this term (paper)." },
      variance: { type: "number", minimum: 0, default: 25, description: "Weight of this term (paper)." },
      covariance: { type: "number", minimum: 0, default: 1, description: "Weight of this term (paper)." },
    },
  },
  publishes: [embeddings],
  // Two views of each image, both by the same random augmentation.
  views: (_options, { imageSize: size }) => ({
    first: { recipe: mocoV2View({ size }) },
    second: { recipe: mocoV2View({ size }) },
  }),
  // Called once, before the first step: networks and all state are made with `build`.
  setup(build, { dim, ...weights }) {
    const head = mlpHead({ dim, hidden: [dim], batchNorm: true, last: "plain" });
    const network = build.network("network", { head });
    return {
      network, // its encoder is what the run trains, evaluates and exports
      // One forward pass and its loss, like a PyTorch module's forward. It is recorded, so it is pure: it
      // changes no variable, reads no value back and draws no random number.
      step({ views, replicas }) {
        const first = network.embed(views["first"]!); // [B, dim]
        const second = network.embed(views["second"]!);
        const all = { first: replicas.gather(first), second: replicas.gather(second) };
        return {
          // What is minimized is the sum of loss times weight.
          terms: {
            invariance: { loss: invariance(all.first, all.second), weight: weights.invariance },
            variance: { loss: mean(variance(all.first), variance(all.second)), weight: weights.variance },
            covariance: {
              loss: mean(covariance(all.first), covariance(all.second)),
              weight: weights.covariance,
            },
          },
          publish: [published(embeddings, { first, second })], // what the run's health is read from
        };
      },
    };
  },
});

/** Two embeddings of an image are near: the mean square of their difference. */
export const invariance = (first: tf.Tensor2D, second: tf.Tensor2D): tf.Scalar =>
  tf.mean<tf.Scalar>(tf.squaredDifference(first, second));

/** Each dimension differs between images: how much its standard deviation lacks to 1, in the mean. */
export function variance(rows: tf.Tensor2D): tf.Scalar {
  const deviation = tf.sqrt(tf.add(tf.moments(rows, 0).variance, 1e-4)); // the 1e-4 keeps its slope finite
  return tf.mean<tf.Scalar>(tf.relu(tf.sub(1, deviation)));
}

/** No two dimensions say the same: the squares of their covariances, summed and divided by D. */
export function covariance(rows: tf.Tensor2D): tf.Scalar {
  const [count, dim] = rows.shape;
  const centred = tf.sub<tf.Tensor2D>(rows, tf.mean(rows, 0));
  const matrix = tf.div(tf.matMul(centred, centred, true), Math.max(count - 1, 1)); // [D, D]
  return tf.div<tf.Scalar>(tf.sum(tf.mul(tf.square(matrix), tf.sub(1, tf.eye(dim)))), dim);
}

const mean = (one: tf.Scalar, other: tf.Scalar): tf.Scalar => tf.div<tf.Scalar>(tf.add(one, other), 2);
