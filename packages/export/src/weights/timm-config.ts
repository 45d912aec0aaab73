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
  const { data } = made.settings;
  const { channels } = data;
  // timm takes weights of 1 or 3 channels, and draws first filters for any other number.
  if (name === undefined || (channels !== 1 && channels !== 3)) return undefined;
  const { width, height } = sizeOfView(made.settings.imageSize);
  const { featureDim } = made.representation;
  return {
    architecture: name,
    num_classes: 0,
    num_features: featureDim,
    ...(channels === 3 ? {} : { model_args: { in_chans: channels } }),
    pretrained_cfg: {
      input_size: [channels, height, width],
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
