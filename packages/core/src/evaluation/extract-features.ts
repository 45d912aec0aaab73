import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import type { Network } from "../networks/network.ts";
import { type ImageStatistics, normalizeImages } from "../training/normalize-images.ts";
import type { EvaluationImages } from "./images.ts";

/** Feature vectors of a data set, row after row. */
export interface Features {
  readonly count: number;
  readonly dim: number;
  /** `[count, dim]` float32, rows of length 1. */
  readonly values: Float32Array;
}

/**
 * The frozen encoder's features of every image: after global average pooling, before the head, by running batch-norm statistics,
 * each scaled to length 1.
 */
export async function extractFeatures(
  network: Pick<Network, "features" | "featureDim">,
  images: EvaluationImages,
  statistics: ImageStatistics,
): Promise<Features> {
  const { count, size } = images;
  const dim = network.featureDim;
  const values = new Float32Array(count * dim);
  for await (const batch of images.batches()) {
    const rows = tf.tidy(() => {
      const bytes = engine.fromBytes<tf.Rank.R4>(batch.bytes, [batch.count, size, size, 3]);
      return l2Normalize(network.features(normalizeImages(bytes, statistics)));
    });
    values.set(await rows.data(), batch.start * dim);
    rows.dispose();
  }
  return { count, dim, values };
}
