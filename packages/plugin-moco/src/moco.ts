import {
  constant,
  cosine,
  definePlugin,
  embeddingSpace,
  l2Normalize,
  type Plugin,
  published,
} from "@tssl/core";
import { keyEmbedding, keyQueue, mocoHead } from "@tssl/core/contrast";
import { mocoV1View, mocoV2View } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";

import {
  type MocoDefaults,
  type MocoOptions,
  mocoSchema,
  mocoV1Defaults,
  mocoV2Defaults,
} from "./options.ts";

/**
 * MoCo: queries are compared with the keys of a momentum encoder and with a queue of earlier keys.
 *
 * Publishes the queries, and as candidates the keys of the batch and the queue.
 */
function mocoPlugin(name: string, defaults: MocoDefaults): Plugin<MocoOptions> {
  return definePlugin<MocoOptions>({
    name,
    options: mocoSchema(defaults),
    publishes: [embeddingSpace],
    views: (options, { imageSize }) => {
      const recipe = options.views === "moco-v1" ? mocoV1View : mocoV2View;
      const crop = { size: imageSize, scale: [options.minimumScale, 1] as [number, number] };
      const view = { recipe: recipe(crop).filter(({ op }) => options.blur || op !== "gaussianBlur") };
      return { query: view, key: view };
    },
    setup(build, options) {
      const { batchNormGroups } = options;
      const head = mocoHead(options);
      const online = build.network("online", { head, batchNormGroups });
      const { momentum } = options;
      const target = build.emaOf(online, "target", {
        momentum:
          options.momentumSchedule === "cosine" ? cosine({ from: momentum, to: 1 }) : constant(momentum),
      });
      const embedKeys = keyEmbedding(build, target, { plugin: name, ...options });
      const queue = keyQueue(build, { plugin: name, ...options });

      return {
        network: online,
        step(context) {
          const { views } = context;
          const embedQuery = (view: tf.Tensor4D) => l2Normalize(online.embed(view));
          const queries = embedQuery(views["query"]!); // [B, dim]
          const keys = l2Normalize(embedKeys(views["key"]!, context)); // [B, dim], without gradient
          const contrast = queue.against(keys, context);
          const { loss, accuracy } = contrast.of(queries);
          return {
            terms: { infoNce: { loss, chance: contrast.chance } },
            metrics: { accuracy },
            publish: [published(embeddingSpace, contrast.spaceOf(queries, embedQuery))],
            after: () => contrast.push(),
          };
        },
        afterStep: (context) => target.update(context),
      };
    },
  });
}

/** MoCo v2, https://arxiv.org/abs/2003.04297. */
export const moco = mocoPlugin("moco", mocoV2Defaults);

/** MoCo v1, https://arxiv.org/abs/1911.05722: a linear head, temperature 0.07, no blur. */
export const mocoV1 = mocoPlugin("moco-v1", mocoV1Defaults);
