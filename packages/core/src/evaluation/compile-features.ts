import type { HostTensor, Program } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import type { Network } from "../networks/network.ts";
import { type ImageStatistics, normalizeImages } from "../networks/normalize-images.ts";

/** Turns images into the features of a frozen encoder. */
export interface FeatureExtractor {
  /** Length of a feature vector, D. */
  readonly dim: number;
  /** `[B, H, W, 3]` bytes, copied before this returns, to `[B, D]` float32. */
  extract(images: HostTensor): Promise<Float32Array>;
}

/**
 * Compiles a network's encoder for evaluation: after global average pooling, before the head, by running
 * batch-norm statistics. It reads the program's state as it is when called.
 *
 * @param options.unitLength scales each row to length 1, for comparisons by cosine.
 */
export function compileFeatures(
  program: Pick<Program, "compile">,
  network: Pick<Network, "features" | "featureDim">,
  statistics: ImageStatistics,
  { unitLength }: { readonly unitLength: boolean },
): FeatureExtractor {
  const compiled = program.compile("features", (inputs) => {
    const images = normalizeImages(inputs["images"] as tf.Tensor4D, statistics);
    const features = network.features(images);
    return { features: unitLength ? l2Normalize(features) : features };
  });
  return {
    dim: network.featureDim,
    async extract(images) {
      const { features } = await compiled.run({ images });
      return features!.values as Float32Array;
    },
  };
}
