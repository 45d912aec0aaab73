import type * as tf from "@tensorflow/tfjs";

import type { Encoder } from "./encoder.ts";
import type { Mode } from "./layers.ts";
import type { Head } from "./projection-head.ts";

/**
 * How a network passes its input on: "training" moves batch-norm statistics, "inference" uses the running
 * ones.
 */
export type PassMode = "training" | "inference";

/** An encoder with a head on it, and the names of what it is made of. */
export interface Network {
  /** Its name in the run, e.g. "moco.online"; the prefix of its parameters. */
  readonly name: string;
  /** Length of a feature vector, D. */
  readonly featureDim: number;
  readonly outputDim: number;
  /** The encoder alone, pooled: `[B, H, W, 3]` to `[B, featureDim]`. Default mode "training". */
  encode(images: tf.Tensor4D, mode?: PassMode): tf.Tensor2D;
  /** The head alone: `[B, featureDim]` to `[B, outputDim]`, not normalized. Default mode "training". */
  project(features: tf.Tensor2D, mode?: PassMode): tf.Tensor2D;
  /**
   * Embeds images as in training, `project(encode(images))`: `[B, H, W, 3]` to `[B, outputDim]`, not
   * normalized.
   */
  embed(images: tf.Tensor4D): tf.Tensor2D;
  /** The encoder alone, frozen: `encode(images, "inference")`. */
  features(images: tf.Tensor4D): tf.Tensor2D;
}

export function assembleNetwork(
  name: string,
  encoder: Encoder,
  head: Head,
  { batchNormGroups }: Pick<Mode, "batchNormGroups">,
): Network {
  const modes: Readonly<Record<PassMode, Mode>> = {
    training: { training: true, batchNormGroups },
    inference: { training: false, batchNormGroups: 1 },
  };
  const encode: Network["encode"] = (images, mode = "training") => encoder.forward(images, modes[mode]);
  const project: Network["project"] = (features, mode = "training") => head.forward(features, modes[mode]);
  return {
    name,
    featureDim: encoder.featureDim,
    outputDim: head.outputDim,
    encode,
    project,
    embed: (images) => project(encode(images)),
    features: (images) => encode(images, "inference"),
  };
}
