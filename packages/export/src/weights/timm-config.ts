import { sizeOfView } from "@tssl/augment-zoo";
import type { VitOptions } from "@tssl/core/run";

import type { EncoderToExport } from "../encoder-to-export.ts";

/** The side of the middle that is cut out, as a share of the resized image's: `evaluationView`. */
const CROP = 224 / 256;

/** Of the ViTs that timm has, the ones whose options make those of other patches and images. */
const VIT = /^vit_(tiny|small|base)_patch\d+$/;

/** What timm calls the ways to make features of tokens. */
const POOLS = { class: "token", mean: "avg" };

interface TimmModel {
  readonly architecture: string;
  readonly model_args?: object;
  /** What stands in `pretrained_cfg` besides what all models have. */
  readonly ofImages: object;
}

/** What makes timm's model of the encoder, but for the weights; undefined where timm has none. */
function timmModel({ made, options, architecture = "" }: EncoderToExport): TimmModel | undefined {
  const { imageSize } = made.settings;
  const [, resnet] = /^(\w+) with stem: imagenet$/.exec(architecture) ?? [];
  if (resnet !== undefined) {
    const { width, height } = sizeOfView(imageSize);
    return {
      architecture: resnet,
      ofImages: {
        fixed_input_size: false,
        pool_size: [Math.ceil(height / 32), Math.ceil(width / 32)],
        first_conv: "conv1",
        classifier: "fc",
      },
    };
  }
  if (architecture === "convnext_tiny") {
    const { width, height } = sizeOfView(imageSize);
    return {
      architecture,
      ofImages: {
        ...{ fixed_input_size: false, pool_size: [Math.floor(height / 32), Math.floor(width / 32)] },
        ...{ first_conv: "stem.0", classifier: "head.fc" },
      },
    };
  }
  const [, size] = VIT.exec(architecture) ?? [];
  if (size === undefined) return undefined;
  const { patchSize, heads, pool } = options as VitOptions;
  return {
    architecture: `vit_${size}_patch16_224`,
    model_args: {
      ...{ img_size: imageSize, patch_size: patchSize, num_heads: heads },
      global_pool: POOLS[pool],
    },
    ofImages: { fixed_input_size: true, pool_size: null, first_conv: "patch_embed.proj", classifier: "head" },
  };
}

/**
 * What timm's `create_model("local-dir:FOLDER", pretrained=True)` reads beside the weights; undefined where
 * timm knows no such encoder.
 */
export function timmConfig(encoder: EncoderToExport): object | undefined {
  const model = timmModel(encoder);
  const { settings, representation } = encoder.made;
  const { data } = settings;
  const { channels } = data;
  // timm takes weights of 1 or 3 channels, and draws first filters for any other number.
  if (model === undefined || (channels !== 1 && channels !== 3)) return undefined;
  const { width, height } = sizeOfView(settings.imageSize);
  const { ofImages, ...named } = model;
  return {
    ...named,
    ...(channels === 3 ? {} : { model_args: { ...named.model_args, in_chans: channels } }),
    num_classes: 0,
    num_features: representation.featureDim,
    pretrained_cfg: {
      input_size: [channels, height, width],
      interpolation: "bilinear",
      crop_pct: CROP,
      crop_mode: "center",
      mean: data.mean,
      std: data.deviation,
      num_classes: 0,
      ...ofImages,
    },
  };
}
