import { candidateLogits, definePlugin, embeddingSpace, sparseSoftmaxCrossEntropy } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

import { ddm } from "./ddm.ts";
import { type ClsaOptions, options } from "./options.ts";
import { strongViewNames, strongViews } from "./strong-views.ts";

/**
 * CLSA on any method that publishes an embedding space: strongly augmented views through the online branch, taught by the weak
 * ones. Adds `beta * L_D`, summed over every weak query and every strong view.
 *
 * Wang & Qi 2021, https://arxiv.org/abs/2104.07713. Strong views never enter a momentum encoder or a queue.
 */
export const clsa = definePlugin<ClsaOptions>({
  name: "clsa",
  options,
  requires: [embeddingSpace],
  views: strongViews,
  setup: (_build, { beta, temperature, loss, detachTeacher, strongViews: count }) => ({
    step({ views, use }) {
      const { queries, embedQuery, candidates, positives, excluded } = use(embeddingSpace);
      const strong = strongViewNames(count).map((name) => embedQuery(views[name]!));
      const losses =
        loss === "ddm"
          ? strong.flatMap((student) =>
              Object.values(queries).map((weak) =>
                ddm({ weak, strong: student, candidates, temperature, detachTeacher, excluded }),
              ),
            )
          : strong.map((student) => {
              const logits = candidateLogits({ queries: student, candidates, temperature, excluded });
              return tf.mean<tf.Scalar>(sparseSoftmaxCrossEntropy(logits, positives));
            });
      return {
        terms: {
          [loss]: {
            loss: tf.addN<tf.Scalar>(losses),
            weight: beta,
            chance: losses.length * Math.log(candidates.shape[0]),
          },
        },
      };
    },
  }),
});
