import { type OptionsSchema, wholeNumber } from "@tssl/core";

export interface LocalaggOptions {
  readonly dim: number;
  readonly temperature: number;
  readonly keep: number;
  readonly background: number;
  readonly clusterings: number;
  readonly clusters: number;
  readonly iterations: number;
  readonly warmupEpochs: number;
  readonly views: "imagenet" | "cifar";
  readonly minimumScale: number;
}

/**
 * Defaults: Zhuang et al. 2019, https://arxiv.org/abs/1903.12355, and the authors' code; ResNets on ImageNet.
 */
export const options: OptionsSchema<LocalaggOptions> = {
  type: "object",
  additionalProperties: false,
  required: [
    "dim",
    "temperature",
    "keep",
    "background",
    "clusterings",
    "clusters",
    "iterations",
    "warmupEpochs",
    "views",
    "minimumScale",
  ],
  properties: {
    dim: { ...wholeNumber(1, 65536), default: 128, description: "Length of an embedding (paper)." },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.07,
      description: "Temperature of the softmax (paper).",
    },
    keep: {
      type: "number",
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.5,
      description: "Share of an image's row in the bank that stays when the image is seen (paper).",
    },
    background: {
      ...wholeNumber(1, 2 ** 24),
      default: 4096,
      description: "Background neighbours: the rows of the bank nearest to an embedding (paper).",
    },
    clusterings: {
      ...wholeNumber(1, 64),
      default: 10,
      description: "Clusterings of the bank, each from a start of its own (paper).",
    },
    clusters: {
      ...wholeNumber(2, 2 ** 22),
      default: 30000,
      description: "Clusters of each clustering (paper).",
    },
    iterations: {
      ...wholeNumber(1, 10_000),
      default: 20,
      description: "Iterations of k-means, from one start (authors' code).",
    },
    warmupEpochs: {
      ...wholeNumber(0, 1_000_000),
      default: 10,
      description: "Epochs at the start that train as InstDisc does (authors' code).",
    },
    views: {
      type: "string",
      enum: ["imagenet", "cifar"],
      default: "imagenet",
      description: "Augmentation recipe: InstDisc's for ImageNet (authors' code), or for CIFAR.",
    },
    minimumScale: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.2,
      description: "Smallest share of the image's area that a crop takes (authors' code).",
    },
  },
};
