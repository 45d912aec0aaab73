import { mocoV2View } from "@tssl/augment-zoo";
import { constant, definePlugin, embeddingSpace, l2Normalize, mlpHead, published } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

/**
 * A BYOL that must collapse: the online branch meets the target's projection without a predictor in between,
 * and without batch norm.
 */
export default definePlugin({
  name: "byol-without-predictor",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["momentum"],
    properties: { momentum: { type: "number", minimum: 0, maximum: 1, default: 0.9 } },
  },
  publishes: [embeddingSpace],
  views: (_options, { imageSize }) => {
    const view = { recipe: mocoV2View({ size: imageSize, scale: [0.2, 1] }) };
    return { first: view, second: view };
  },
  setup(build, { momentum }) {
    const online = build.network("online", { head: mlpHead({ dim: 64, hidden: ["features"] }) });
    const target = build.emaOf(online, "target", { momentum: constant(momentum) });
    return {
      network: online,
      step({ views, keep }) {
        const embedQuery = (view) => l2Normalize(online.embed(view));
        const query = embedQuery(views.first); // [B, dim]
        const candidates = keep(l2Normalize(target.embed(views.second))); // [B, dim]
        const lossOf = (rows) => tf.sub(2, tf.mul(tf.mean(tf.sum(tf.mul(rows, candidates), 1)), 2));
        const positives = tf.range(0, query.shape[0], 1, "int32");
        const queries = { first: { embedding: query, positives, lossOf } };
        return {
          terms: { regression: { loss: lossOf(query), chance: 2 } },
          publish: [published(embeddingSpace, { kind: "instances", queries, embedQuery, candidates })],
        };
      },
      afterStep: (context) => target.update(context),
    };
  },
});
