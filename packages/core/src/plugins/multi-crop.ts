import { swavView, type ViewSize } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import type { Network } from "../networks/network.ts";
import type { StepContext, View } from "./plugin.ts";

/** The options of a method whose views are SwAV's crops. */
export interface MultiCropOptions {
  readonly largeScale: [number, number];
  readonly smallCrops: number;
  /** Null: 96 / 224 of the large ones' side. */
  readonly smallSize?: number | null;
  readonly smallScale: [number, number];
  readonly colorStrength: number;
  readonly blur: number;
}

const share = { type: "number", exclusiveMinimum: 0, maximum: 1 } as const;

/** Of the image's area. */
const scale = (low: number, high: number) => ({
  type: "array" as const,
  items: [share, share] as const,
  minItems: 2 as const,
  maxItems: 2 as const,
  default: [low, high] as [number, number],
});

/**
 * The part of an options schema that describes `MultiCropOptions`. Defaults: facebookresearch/swav, whose
 * SwAV and DeepCluster-v2 have the same crops.
 */
export const multiCropSchema = {
  required: ["largeScale", "smallCrops", "smallScale", "colorStrength", "blur"],
  properties: {
    largeScale: {
      ...scale(0.14, 1),
      description:
        "Smallest and largest share of the image's area that the two large crops take (authors' code; " +
        "0.08 and 1 without small crops).",
    },
    smallCrops: {
      type: "integer",
      minimum: 0,
      maximum: 64,
      default: 6,
      description: "Number of small crops beside the two large ones (authors' code).",
    },
    smallSize: {
      type: "integer",
      minimum: 8,
      maximum: 4096,
      nullable: true,
      default: null,
      description:
        "Side of the small crops in pixels; null: 96 / 224 of imageSize (authors' code), of both its sides.",
    },
    smallScale: {
      ...scale(0.05, 0.14),
      description:
        "Smallest and largest share of the image's area that the small crops take (authors' code).",
    },
    colorStrength: {
      type: "number",
      minimum: 0,
      maximum: 2.5,
      default: 1,
      description:
        "Strength s of the colour jitter: brightness, contrast and saturation 0.8 s, hue 0.2 s " +
        "(authors' code).",
    },
    blur: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Probability of the blur (authors' code); 0 leaves it out, as lightly does on CIFAR-10.",
    },
  },
} as const;

/** The views that every image has; small crops are "small1", "small2", … */
export const largeCrops = ["large1", "large2"] as const;

const smallCropNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `small${i + 1}`);

/** The authors' 96 pixels beside 224, in proportion. */
function smallSizeBeside(size: ViewSize): ViewSize {
  const smaller = (side: number): number => Math.round((side * 96) / 224);
  return typeof size === "number" ? smaller(size) : [smaller(size[0]), smaller(size[1])];
}

/** The views of SwAV's multi-crop, each of them augment-zoo's `swavView`: large ones, then small ones. */
export function multiCropViews(
  { largeScale, smallScale, smallCrops, smallSize, colorStrength: strength, blur }: MultiCropOptions,
  imageSize: ViewSize,
): Readonly<Record<string, View>> {
  const large = { recipe: swavView({ size: imageSize, scale: largeScale, strength, blur }) };
  const side = smallSize ?? smallSizeBeside(imageSize);
  const small = { recipe: swavView({ size: side, scale: smallScale, strength, blur }) };
  return Object.fromEntries([
    ...largeCrops.map((name) => [name, large] as const),
    ...smallCropNames(smallCrops).map((name) => [name, small] as const),
  ]);
}

/**
 * The embeddings of all crops, `[B, dim]` each, rows of length 1, in the order of `multiCropViews`: the
 * encoder once for each size, then the head once for all, so that batch norm's statistics are those of the
 * authors' code.
 */
export function embedCrops(
  network: Network,
  views: StepContext["views"],
  { smallCrops }: Pick<MultiCropOptions, "smallCrops">,
): tf.Tensor2D[] {
  const groups = [largeCrops, smallCropNames(smallCrops)].filter((names) => names.length > 0);
  const features = groups.map((names) => network.encode(tf.concat4d(names.map((name) => views[name]!), 0))); // prettier-ignore
  const embeddings = l2Normalize(network.project(tf.concat2d(features, 0)));
  return tf.split<tf.Tensor2D>(embeddings, largeCrops.length + smallCrops);
}
