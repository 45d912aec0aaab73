import {
  type Build,
  constant,
  cosine,
  definePlugin,
  embeddingSpace,
  l2Normalize,
  type Plugin,
  published,
  type StepContext,
} from "@tssl/core";
import { keyQueue, mocoHead } from "@tssl/core/contrast";
import { mocoV1View, mocoV2View } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import * as messages from "./messages.ts";
import { mocoSchema, mocoV1Defaults, mocoV2Defaults, type MocoOptions } from "./options.ts";

/**
 * MoCo: queries are compared with the keys of a momentum encoder and with a queue of earlier keys.
 *
 * Publishes the queries, and as candidates the keys of the batch and the queue.
 */
function mocoPlugin(name: string, defaults: MocoOptions): Plugin<MocoOptions> {
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
      checkOptions(name, build, options);
      const { batchNormGroups } = options;
      const head = mocoHead(options);
      const online = build.network("online", { head, batchNormGroups });
      const { momentum } = options;
      const target = build.emaOf(online, "target", {
        momentum:
          options.momentumSchedule === "cosine" ? cosine({ from: momentum, to: 1 }) : constant(momentum),
      });
      const queue = keyQueue(build, { plugin: name, ...options });
      const embedKeys = options.shuffleBatchNorm
        ? shuffled(build, (images) => target.embed(images))
        : (images: tf.Tensor4D) => target.embed(images);

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

function checkOptions(
  plugin: string,
  { facts: { imagesPerPass } }: Build,
  { batchNormGroups, shuffleBatchNorm }: MocoOptions,
): void {
  if (imagesPerPass % batchNormGroups !== 0) {
    throw messages.unevenGroups(plugin, imagesPerPass, batchNormGroups);
  }
  if (shuffleBatchNorm && batchNormGroups === 1) throw messages.nothingToShuffle(plugin);
}

/**
 * Shuffle-BN, He et al. 2020, section 3.3: the keys are embedded in another order. The batch-norm group of a
 * key then has other images than that of its query, and the statistics of a group do not tell which key
 * belongs to a query. Images are shuffled among all replicas.
 */
function shuffled(
  build: Build,
  embed: (images: tf.Tensor4D) => tf.Tensor2D,
): (images: tf.Tensor4D, context: StepContext) => tf.Tensor2D {
  const count = build.facts.imagesPerPass;
  const orders = build.input<tf.Tensor2D>({
    name: "shuffle",
    shape: [2, count],
    valueAt({ random }) {
      const order = random.permutation(count);
      const inverse = new Int32Array(count);
      order.forEach((from, to) => (inverse[from] = to));
      return Int32Array.of(...order, ...inverse);
    },
  });
  return (images, { input, replicas }) => {
    const [order, inverse] = tf.unstack(input(orders)) as [tf.Tensor1D, tf.Tensor1D];
    const shuffledImages = tf.gather(replicas.gather(images), replicas.own(order));
    return tf.gather(replicas.gather(embed(shuffledImages)), replicas.own(inverse));
  };
}
