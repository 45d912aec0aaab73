import type * as tf from "@tensorflow/tfjs";

import type { Encoder } from "./encoder.ts";
import type { Mode } from "./layers.ts";
import type { Head } from "./projection-head.ts";

/** An encoder with a head on it, and the names of what it is made of. */
export interface Network {
  /** Its name in the run, e.g. "moco.online"; the prefix of its parameters. */
  readonly name: string;
  readonly featureDim: number;
  readonly outputDim: number;
  /** Embeds images as in training: `[B, H, W, 3]` to `[B, outputDim]`, not normalized; moves batch-norm statistics. */
  embed(images: tf.Tensor4D): tf.Tensor2D;
  /** The encoder alone, frozen: `[B, H, W, 3]` to `[B, featureDim]` by the running statistics. */
  features(images: tf.Tensor4D): tf.Tensor2D;
}

export function assembleNetwork(
  name: string,
  encoder: Encoder,
  head: Head,
  { batchNormGroups }: Pick<Mode, "batchNormGroups">,
): Network {
  const training: Mode = { training: true, batchNormGroups };
  return {
    name,
    featureDim: encoder.featureDim,
    outputDim: head.outputDim,
    embed: (images) => head.forward(encoder.forward(images, training), training),
    features: (images) => encoder.forward(images, { training: false, batchNormGroups: 1 }),
  };
}
