import { clsaStrongView } from "@tssl/augment-zoo";
import { definePlugin, embeddingSpace } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

/** What a config may set. Each option has a default, below. */
export interface Options {
  readonly weight: number;
}

/**
 * my-term. A start that works: one more view of each image, strongly augmented, has the loss of the method
 * that the term stands on. Put your own in its place.
 */
export default definePlugin<Options>({
  name: "my-term",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["weight"],
    properties: {
      weight: { type: "number", minimum: 0, default: 1, description: "Weight of the term in the loss." },
    },
  },
  // Works on every method that publishes its embedding space, and knows none of them.
  requires: [embeddingSpace],
  views: (_options, { imageSize: size }) => ({ "my-term": { recipe: clsaStrongView({ size }) } }),
  // Called once, before the first step. A term with state or layers of its own makes them with `build`.
  setup: (_build, { weight }) => ({
    // It is recorded, so it is pure: it changes no variable, reads no value back, draws no random number.
    step({ views, use }) {
      const { queries, embedQuery } = use(embeddingSpace); // also `candidates`: what queries are compared with
      const strong = embedQuery(views["my-term"]!); // [B, D], rows of length 1, with gradient
      const losses = Object.values(queries).map(({ lossOf }) => lossOf(strong));
      // What is minimized is the method's own loss, and loss times weight of this.
      return { terms: { strongView: { loss: tf.mean<tf.Scalar>(tf.stack(losses)), weight } } };
    },
  }),
});
