import path from "node:path";

import type { Artefact } from "./artefact.ts";
import { featuresByBatch } from "./features-by-batch.ts";
import { recordEncoder } from "./graph/encoder-graph.ts";
import { graphModel, graphModelFiles, inFloat16 } from "./tfjs/graph-model.ts";
import { artifactsIn, openGraphModel } from "./tfjs/run-graph-model.ts";

const FOLDER = "tfjs";

/** A GraphModel, in a folder of its own. */
export const tfjsArtefact: Artefact = {
  name: "tfjs",
  provenBy: "TensorFlow.js",
  float16: "on request",
  files({ made }, { float16 }) {
    const model = graphModel(recordEncoder(made, "tfjs"));
    const files = Object.entries(graphModelFiles(float16 ? inFloat16(model) : model));
    return Object.fromEntries(files.map(([name, bytes]) => [`${FOLDER}/${name}`, bytes]));
  },
  async features(folder, images) {
    const model = await openGraphModel(await artifactsIn(path.join(folder, FOLDER)));
    try {
      return await featuresByBatch(images, model.features);
    } finally {
      model.close();
    }
  },
};
