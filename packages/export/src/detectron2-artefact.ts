import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";

import { detectronName, type Weights } from "@tssl/core/internal";

import type { Artefact } from "./artefact.ts";
import { decodePickle, encodePickle, type Pickled, type PickledArray } from "./detectron2/pickle.ts";
import { featuresOf } from "./features-of.ts";
import { coloursAlone, notExportable, notInDetectron2, representationOfPlugin } from "./messages.ts";
import { torchvisionArrays } from "./weights/torchvision-arrays.ts";

const WEIGHTS = "detectron2.pkl";

/** The weights under detectron2's names, as MODEL.WEIGHTS reads them. */
export const detectron2Artefact: Artefact = {
  name: "detectron2",
  provenBy: "the file read back",
  float16: "never",
  files({ made, use, architecture, representedBy }) {
    if (representedBy !== undefined) throw notExportable("detectron2", representationOfPlugin(representedBy));
    if (architecture?.endsWith("stem: imagenet") !== true) {
      throw notExportable("detectron2", notInDetectron2(architecture ?? use));
    }
    const { channels } = made.settings.data;
    if (channels !== 3) throw notExportable("detectron2", coloursAlone(channels));
    const arrays = Object.entries(torchvisionArrays(made)).map(([name, array]) => [
      detectronName(name),
      array,
    ]);
    return {
      [WEIGHTS]: encodePickle({
        model: Object.fromEntries(arrays) as Readonly<Record<string, PickledArray>>,
        __author__: "tssl",
        matching_heuristics: true,
      }),
    };
  },
  async features(folder, images, encoder) {
    return featuresOf(await encoder.withWeights(await readPickled(path.join(folder, WEIGHTS))), images);
  },
};

async function readPickled(file: string): Promise<Weights> {
  const bytes = await readFile(file);
  const { model } = decodePickle(bytes) as { readonly model: Readonly<Record<string, Pickled>> };
  return {
    file,
    arrays: new Map(Object.entries(model as Readonly<Record<string, PickledArray>>)),
    names: Object.keys(model),
    metadata: {},
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
