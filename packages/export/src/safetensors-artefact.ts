import path from "node:path";

import { encodeSafetensors, readWeights } from "@tssl/core/internal";

import type { Artefact } from "./artefact.ts";
import type { EncoderToExport } from "./encoder-to-export.ts";
import { featuresOf } from "./features-of.ts";
import { notExportable, representationOfPlugin } from "./messages.ts";
import { timmConfig } from "./weights/timm-config.ts";
import { inFloat16, stateDict, torchvisionArrays } from "./weights/torchvision-arrays.ts";

const WEIGHTS = "model.safetensors";

/** Under this key a file says which encoder it holds. */
export const ENCODER = "tssl.encoder";

/** The encoder, and which images it takes: a config's sections as JSON. */
export function encoderText({ use, options, made }: EncoderToExport): string {
  const { imageSize, data } = made.settings;
  const { mean, deviation, channels, depth, range } = data;
  return JSON.stringify({
    encoder: { use, ...options },
    imageSize,
    data: { mean, deviation, channels, depth, range },
  });
}

/** The weights under torchvision's names, and timm's config beside them. */
export const safetensorsArtefact: Artefact = {
  name: "safetensors",
  provenBy: "the file read back",
  float16: "on request",
  files(encoder, { float16 }) {
    if (encoder.representedBy !== undefined) {
      throw notExportable("safetensors", representationOfPlugin(encoder.representedBy));
    }
    const arrays = stateDict(torchvisionArrays(encoder.made), encoder.steps);
    const weights = encodeSafetensors(float16 ? inFloat16(arrays) : arrays, {
      format: "pt",
      ...encoder.metadata,
      [ENCODER]: encoderText(encoder),
    });
    const config = timmConfig(encoder);
    return {
      [WEIGHTS]: weights,
      ...(config === undefined
        ? {}
        : { "config.json": Buffer.from(`${JSON.stringify(config, undefined, 2)}\n`) }),
    };
  },
  async features(folder, images, encoder) {
    const weights = await readWeights(path.join(folder, WEIGHTS));
    return featuresOf(await encoder.withWeights(weights), images);
  },
};
