import { constant, definePlugin, embeddingSpace, l2Normalize, published } from "@tssl/core";
import { keyEmbedding, keyQueue, mocoHead } from "@tssl/core/contrast";
import { infominView } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";

import { jigsawBranch } from "./jigsaw-branch.ts";
import { jigsawView } from "./jigsaw-view.ts";
import { infominOptions, type InfominOptions } from "./options.ts";

/**
 * InfoMin Aug, https://arxiv.org/abs/2005.10243: MoCo with stronger views, whose keys are also told apart by
 * the patches of a jigsaw.
 *
 *     loss = (1 - share) InfoNCE(q) + share InfoNCE(q_jigsaw)
 *
 * Both are compared with the same keys and queue. Publishes the queries of the whole image, and as candidates
 * the keys of the batch and the queue, as MoCo.
 */
export const infomin = definePlugin<InfominOptions>({
  name: "infomin",
  options: infominOptions,
  publishes: [embeddingSpace],
  views: ({ minimumScale, strongProbability: probability }, { imageSize }) => {
    const view = { recipe: infominView({ size: imageSize, scale: [minimumScale, 1], probability }) };
    return { query: view, key: view, jigsaw: jigsawView(imageSize) };
  },
  setup(build, options) {
    const { momentum, jigsawShare, batchNormGroups } = options;
    const head = mocoHead(options);
    const online = build.network("online", { head, batchNormGroups });
    const target = build.emaOf(online, "target", { momentum: constant(momentum) });
    const embedKeys = keyEmbedding(build, target, { plugin: "infomin", ...options });
    const queue = keyQueue(build, { plugin: "infomin", ...options });
    const embedPatches = jigsawBranch(build, online, options);

    return {
      network: online,
      step(context) {
        const { views } = context;
        const embedQuery = (view: tf.Tensor4D) => l2Normalize(online.embed(view));
        const queries = embedQuery(views["query"]!); // [B, dim]
        const keys = l2Normalize(embedKeys(views["key"]!, context)); // [B, dim], without gradient
        const contrast = queue.against(keys, context);
        const whole = contrast.of(queries);
        const jigsaw = contrast.of(embedPatches(context));
        const { chance } = contrast;
        return {
          terms: {
            infoNce: { loss: whole.loss, weight: 1 - jigsawShare, chance },
            jigsaw: { loss: jigsaw.loss, weight: jigsawShare, chance },
          },
          metrics: { accuracy: whole.accuracy, jigsawAccuracy: jigsaw.accuracy },
          publish: [published(embeddingSpace, contrast.spaceOf(queries, embedQuery))],
          after: () => contrast.push(),
        };
      },
      afterStep: (context) => target.update(context),
    };
  },
});
