import * as tf from "@tensorflow/tfjs";

import { nothingToShuffle, unevenGroups } from "../messages/options.ts";
import type { Network } from "../networks/network.ts";
import type { Build } from "./build.ts";
import type { StepContext } from "./plugin.ts";

/** The options of a method whose keys batch norm must not give away. */
export interface ShuffleBnOptions {
  readonly batchNormGroups: number;
  readonly shuffleBatchNorm: boolean;
}

/** The part of an options schema that describes `ShuffleBnOptions`. */
export const shuffleBnSchema = {
  required: ["batchNormGroups", "shuffleBatchNorm"],
  properties: {
    batchNormGroups: {
      type: "integer",
      minimum: 1,
      maximum: 2 ** 20,
      default: 1,
      description:
        "Groups of the batch with separate batch-norm statistics, as on 8 GPUs (SplitBN of the CIFAR-10 " +
        "demo of MoCo's authors).",
    },
    shuffleBatchNorm: {
      type: "boolean",
      default: false,
      description:
        "Whether keys are embedded in another order, for other groups than those of the queries (MoCo v1, " +
        "section 3.3); needs batchNormGroups above 1.",
    },
  },
} as const;

/** Embeds the keys of a step. */
export type EmbedKeys = (images: tf.Tensor4D, context: StepContext) => tf.Tensor2D;

/**
 * Shuffle-BN, He et al. 2020, https://arxiv.org/abs/1911.05722, section 3.3: keys are embedded in another
 * order, and given back in their own. The batch-norm group of a key then has other images than that of its
 * query, and the statistics of a group do not tell which key belongs to a query. Images are shuffled among
 * all replicas.
 *
 * @param network the keys', such as a momentum encoder, with `batchNormGroups`.
 * @param options.plugin its name, for refusals.
 * @returns `network.embed` where `shuffleBatchNorm` is false. The order is the plugin's input "shuffle".
 * @throws {TsslError} INVALID_OPTION where groups do not divide the images of one forward pass, or nothing is
 * there to shuffle.
 */
export function keyEmbedding(
  build: Build,
  network: Pick<Network, "embed">,
  { plugin, batchNormGroups, shuffleBatchNorm }: ShuffleBnOptions & { readonly plugin: string },
): EmbedKeys {
  const count = build.facts.imagesPerPass;
  if (count % batchNormGroups !== 0) throw unevenGroups(plugin, count, batchNormGroups);
  if (!shuffleBatchNorm) return (images) => network.embed(images);
  if (batchNormGroups === 1) throw nothingToShuffle(plugin);
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
    return tf.gather(replicas.gather(network.embed(shuffledImages)), replicas.own(inverse));
  };
}
