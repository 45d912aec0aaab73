import { type Build, type Network, type StepContext } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

import { jigsawHead, type JigsawHeadOptions } from "./jigsaw-head.ts";

/** Patches of the view "jigsaw": 3 x 3. */
const PATCHES = 9;

/**
 * The second branch of a method: the patches of the view "jigsaw" pass through the encoder of its network,
 * and through a head of their own in a random order.
 *
 * Patches are a pass of their own: batch norm has separate statistics for them, as in the authors' code.
 *
 * @returns a step's embeddings of the patches, `[B, dim]`, rows of length 1.
 */
export function jigsawBranch(
  build: Build,
  network: Network,
  { dim, head }: Pick<JigsawHeadOptions, "dim" | "head">,
): (context: StepContext) => tf.Tensor2D {
  const project = build.module("jigsaw", (scope) =>
    jigsawHead(scope, network.featureDim, { patches: PATCHES, dim, head }),
  );
  const random = build.random("orders");
  return (context) => {
    const patches = context.patches["jigsaw"]!; // [B, 9, h, w, C]
    const [count, , height, width, channels] = patches.shape;
    const images = tf.reshape<tf.Rank.R4>(patches, [count * PATCHES, height, width, channels]);
    const { replicas } = context;
    // Drawn for the images of all replicas, so that each image has the orders that it has on one.
    const keys = replicas.own(random.uniform<tf.Rank.R2>(context, [replicas.size * count, PATCHES]));
    const orders = tf.topk(keys, PATCHES).indices;
    return project(network.encode(images), orders);
  };
}
