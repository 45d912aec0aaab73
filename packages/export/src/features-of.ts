import { compileEncoder, type MadeEncoder } from "@tssl/core/internal";

import type { ProofImages } from "./artefact.ts";
import { featuresByBatch } from "./features-by-batch.ts";

/** The features of images by an encoder of tssl in float32, which is freed then. */
export async function featuresOf(made: MadeEncoder, images: ProofImages): Promise<Float32Array> {
  const encoder = compileEncoder(made, { mode: "graph", precision: "float32" });
  try {
    return await featuresByBatch(images, (batch) => encoder.rawFeatures.extract(batch));
  } finally {
    await encoder.dispose();
  }
}
