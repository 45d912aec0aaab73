import { sizeOfView } from "@tssl/augment-zoo";

import type { EncoderToExport } from "../encoder-to-export.ts";

/** The side of the middle that is cut out, as a share of the resized image's: `evaluationView`. */
const CROP = 224 / 256;

/**
 * What timm's `create_model("local-dir:FOLDER", pretrained=True)` reads beside the weights; undefined where
 * timm knows no such encoder.
 */
export function timmConfig({ made, architecture }: EncoderToExport): object | undefined {
  const [, name] = /^(\w+) with stem: imagenet$/.exec(architecture ?? "") ?? [];
  if (name === undefined) return undefined;
  const { data } = made.settings;
  const { width, height } = sizeOfView(made.settings.imageSize);
  const { featureDim } = made.representation;
  return {
    architecture: name,
    num_classes: 0,
    num_features: featureDim,
    pretrained_cfg: {
      input_size: [3, height, width],
      fixed_input_size: false,
      interpolation: "bilinear",
      crop_pct: CROP,
      crop_mode: "center",
      mean: data.mean,
      std: data.deviation,
      num_classes: 0,
      pool_size: [Math.ceil(height / 32), Math.ceil(width / 32)],
      first_conv: "conv1",
      classifier: "fc",
    },
  };
}
