import { compileEncoder, type MadeEncoder } from "@tssl/core/internal";
import { usesDevice } from "@tssl/engine";

import type { ProofImages } from "./artefact.ts";
import { featuresByBatch } from "./features-by-batch.ts";

/** The features of images by an encoder of tssl in float32, which is freed then. */
export async function featuresOf(made: MadeEncoder, images: ProofImages): Promise<Float32Array> {
  const mode = usesDevice() ? "pjrt" : "graph";
  const encoder = compileEncoder(made, { mode, precision: "float32", tensorFloat32: false });
  try {
    return await featuresByBatch(images, (batch) => encoder.rawFeatures.extract(batch));
  } finally {
    await encoder.dispose();
  }
}
