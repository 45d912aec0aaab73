import path from "node:path";

import type { Artefact } from "./artefact.ts";
import { featuresByBatch } from "./features-by-batch.ts";
import { recordEncoder } from "./graph/encoder-graph.ts";
import { graphModel, graphModelFiles } from "./tfjs/graph-model.ts";
import { artifactsIn, openGraphModel } from "./tfjs/run-graph-model.ts";

const FOLDER = "tfjs";

/** A GraphModel, in a folder of its own. */
export const tfjsArtefact: Artefact = {
  name: "tfjs",
  provenBy: "TensorFlow.js",
  files: ({ made }) =>
    Object.fromEntries(
      Object.entries(graphModelFiles(graphModel(recordEncoder(made)))).map(([name, bytes]) => [
        `${FOLDER}/${name}`,
        bytes,
      ]),
    ),
  async features(folder, images) {
    const model = await openGraphModel(await artifactsIn(path.join(folder, FOLDER)));
    try {
      return await featuresByBatch(images, model.features);
    } finally {
      model.close();
    }
  },
};
