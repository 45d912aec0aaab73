import { readFile } from "node:fs/promises";
import path from "node:path";

import type { Artefact } from "./artefact.ts";
import { featuresByBatch } from "./features-by-batch.ts";
import { recordEncoder } from "./graph/encoder-graph.ts";
import { onnxModel } from "./onnx/onnx-model.ts";
import { openOnnx } from "./onnx/run-onnx.ts";
import { ENCODER, encoderText } from "./safetensors-artefact.ts";

const MODEL = "model.onnx";

/** One file from bytes to features. */
export const onnxArtefact: Artefact = {
  name: "onnx",
  provenBy: "onnxruntime-web",
  float16: "on request",
  files(encoder, { foldBatchNorm, float16 }) {
    // Without these its weights are not the encoder's.
    const isWhole = !foldBatchNorm && encoder.representedBy === undefined;
    const metadata = { ...encoder.metadata, ...(isWhole && { [ENCODER]: encoderText(encoder) }) };
    return { [MODEL]: onnxModel(recordEncoder(encoder.made, "onnx"), { foldBatchNorm, float16, metadata }) };
  },
  async features(folder, images) {
    const model = await openOnnx(await readFile(path.join(folder, MODEL)));
    try {
      return await featuresByBatch(images, model.features);
    } finally {
      await model.close();
    }
  },
};
