import {
  type Build,
  constant,
  definePlugin,
  embeddingSpace,
  l2Normalize,
  type Plugin,
  published,
} from "@tssl/core";
import { keyEmbedding, keyQueue, mocoHead } from "@tssl/core/contrast";
import { mocoV1View, mocoV2View } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { makeClusterings } from "./clusterings.ts";
import * as messages from "./messages.ts";
import { type PclDefaults, type PclOptions, pclSchema, pclV1Defaults, pclV2Defaults } from "./options.ts";

/** The keys of the phases: MoCo alone, then with prototypes. */
const WARM_UP = "warm-up";
const WITH_PROTOTYPES = "with prototypes";

/**
 * PCL, https://arxiv.org/abs/2005.04966: MoCo, whose queries are also drawn to the centroids of their
 * clusters. Before each epoch after the warm-up the momentum encoder's embeddings of all training images are
 * clustered.
 *
 * Publishes the queries, and as candidates the keys of the batch and the queue, as MoCo.
 */
function pclPlugin(name: string, defaults: PclDefaults): Plugin<PclOptions> {
  return definePlugin<PclOptions>({
    name,
    options: pclSchema(defaults),
    publishes: [embeddingSpace],
    views: (options, { imageSize }) => {
      const recipe = options.views === "moco-v1" ? mocoV1View : mocoV2View;
      const crop = { size: imageSize, scale: [options.minimumScale, 1] as [number, number] };
      const view = { recipe: recipe(crop).filter(({ op }) => options.blur || op !== "gaussianBlur") };
      return { query: view, key: view };
    },
    setup(build, options) {
      checkOptions(name, build, options);
      const { batchNormGroups, warmupEpochs } = options;
      const head = mocoHead(options);
      const online = build.network("online", { head, batchNormGroups });
      const target = build.emaOf(online, "target", { momentum: constant(options.momentum) });
      const embedKeys = keyEmbedding(build, target, { plugin: name, ...options });
      const queue = keyQueue(build, { plugin: name, ...options });
      const clusterings = makeClusterings(build, options);

      return {
        network: online,
        phase: ({ epoch }) => ({ key: epoch < warmupEpochs ? WARM_UP : WITH_PROTOTYPES }),
        async beforeEpoch(context) {
          if (context.phase === WITH_PROTOTYPES) await clusterings.renew(target, context);
        },
        step(context) {
          const { views, phase } = context;
          const embedQuery = (view: tf.Tensor4D) => l2Normalize(online.embed(view));
          const queries = embedQuery(views["query"]!); // [B, dim]
          const keys = l2Normalize(embedKeys(views["key"]!, context)); // [B, dim], without gradient
          const contrast = queue.against(keys, context);
          const { loss, accuracy } = contrast.of(queries);
          const prototypes = phase === WITH_PROTOTYPES ? clusterings.contrast(queries, context) : undefined;
          return {
            terms: {
              infoNce: { loss, chance: contrast.chance },
              ...(prototypes && { prototypes: { loss: prototypes.loss, chance: clusterings.chance } }),
            },
            metrics: { accuracy, ...(prototypes && { prototypeAccuracy: prototypes.accuracy }) },
            publish: [published(embeddingSpace, contrast.spaceOf(queries, embedQuery))],
            after: () => contrast.push(),
          };
        },
        afterStep: (context) => target.update(context),
      };
    },
  });
}

/** PCL v2. */
export const pcl = pclPlugin("pcl", pclV2Defaults);

/** PCL v1: a linear head, temperature 0.1, MoCo v1's views. */
export const pclV1 = pclPlugin("pcl-v1", pclV1Defaults);

function checkOptions(
  plugin: string,
  { facts: { imagesPerPass, datasetSize } }: Build,
  { clusters, negatives = null }: PclOptions,
): void {
  if (Math.max(...clusters) > datasetSize) {
    throw messages.moreClustersThanImages(plugin, datasetSize, clusters);
  }
  const most = Math.min(...clusters) - imagesPerPass;
  if (negatives !== null && negatives > most) throw messages.tooManyNegatives(plugin, most, negatives);
}
