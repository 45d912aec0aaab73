import { readFile } from "node:fs/promises";
import path from "node:path";

import type { RunSettings } from "@tssl/core/run";
import type * as tf from "@tensorflow/tfjs";

import type { Artefact } from "./artefact.ts";
import { featuresByBatch } from "./features-by-batch.ts";
import { recordEncoder } from "./graph/encoder-graph.ts";
import { coloursAlone, floatsTaken, notExportable, pageMissing, pageNeedsSquares } from "./messages.ts";
import { embeddedModel, graphModel, inFloat16 } from "./tfjs/graph-model.ts";
import { openGraphModel } from "./tfjs/run-graph-model.ts";

const PAGE = "encoder.html";

/** The side of the squares that the page's own code cuts out. @throws {TsslError} EXPORT of others. */
export function pageImageSize({ imageSize: size, data }: Pick<RunSettings, "imageSize" | "data">): number {
  if (data.channels !== 3) throw notExportable("page", coloursAlone(data.channels));
  if (data.depth === 32) throw notExportable("page", floatsTaken);
  if (typeof size !== "number") throw notExportable("page", pageNeedsSquares(size));
  return size;
}

/** One HTML file that runs the encoder in a browser. Its filters are float16, to keep it small. */
export const pageArtefact: Artefact = {
  name: "page",
  provenBy: "TensorFlow.js",
  float16: "always",
  files({ made }, { page }) {
    if (page === undefined) throw notExportable("page", pageMissing);
    return {
      [PAGE]: Buffer.from(page.write(embeddedModel(inFloat16(graphModel(recordEncoder(made, "page")))))),
    };
  },
  async features(folder, images, _encoder, { page }) {
    const { json, weights } = page!.read(await readFile(path.join(folder, PAGE), "utf8"));
    const artifacts = JSON.parse(json) as tf.io.ModelArtifacts;
    const model = await openGraphModel({ ...artifacts, weightData: new Uint8Array(weights).buffer });
    try {
      return await featuresByBatch(images, model.features);
    } finally {
      model.close();
    }
  },
};
