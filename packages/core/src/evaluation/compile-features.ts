import type { HostTensor, Program } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import type { Network } from "../networks/network.ts";
import { type ImageStatistics, normalizeImages } from "../training/normalize-images.ts";

/** Turns images into the features of a frozen encoder. */
export interface FeatureExtractor {
  /** Length of a feature vector, D. */
  readonly dim: number;
  /** `[B, H, W, 3]` bytes, copied before this returns, to `[B, D]` float32, rows of length 1. */
  extract(images: HostTensor): Promise<Float32Array>;
}

/**
 * Compiles a network's encoder for evaluation: after global average pooling, before the head, by running batch-norm statistics, each
 * row scaled to length 1. It reads the program's state as it is when called.
 */
export function compileFeatures(
  program: Pick<Program, "compile">,
  network: Pick<Network, "features" | "featureDim">,
  statistics: ImageStatistics,
): FeatureExtractor {
  const compiled = program.compile("features", (inputs) => {
    const images = normalizeImages(inputs["images"] as tf.Tensor4D, statistics);
    return { features: l2Normalize(network.features(images)) };
  });
  return {
    dim: network.featureDim,
    async extract(images) {
      const { features } = await compiled.run({ images });
      return features!.values as Float32Array;
    },
  };
}
