import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { definePlugin } from "../plugins/plugin.ts";

const TEMPERATURE = 0.2;

/**
 * SimCLR in small and without a head: each image of a view is to be found among those of the other view, by
 * its features alone.
 */
export const tellApart = definePlugin<object>({
  name: "tell-apart",
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  views: (_, { imageSize: size }) => ({
    first: { recipe: [{ op: "centerCrop", size }] },
    second: {
      recipe: [
        { op: "centerCrop", size },
        { op: "grayscale", p: 1 },
      ],
    },
  }),
  setup(build) {
    const network = build.network("network", {
      head: (_, featureDim) => ({ outputDim: featureDim, forward: (features) => tf.clone(features) }),
    });
    return {
      network,
      step({ views }) {
        const [first, second] = [views["first"]!, views["second"]!].map((view) =>
          l2Normalize(network.embed(view)),
        ) as [tf.Tensor2D, tf.Tensor2D];
        const logits = tf.div<tf.Tensor2D>(tf.matMul(first, second, false, true), TEMPERATURE); // [B, B]
        const likeness = tf.logSoftmax(logits);
        const own = tf.eye(first.shape[0]);
        return {
          terms: { contrast: { loss: tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(likeness, own), 1))) } },
        };
      },
    };
  },
});
