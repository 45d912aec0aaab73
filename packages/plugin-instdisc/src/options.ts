import type { OptionsSchema } from "@tssl/core";

export interface InstdiscOptions {
  readonly dim: number;
  readonly loss: "auto" | "softmax" | "nce" | "sampled-softmax";
  readonly negatives: number;
  readonly temperature: number;
  readonly keep: number;
  readonly zMomentum: number;
  readonly views: "imagenet" | "cifar";
  readonly minimumScale: number;
}

/** Defaults: Wu et al. 2018, https://arxiv.org/abs/1805.01978, and the authors' code, for ImageNet. */
export const options: OptionsSchema<InstdiscOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["dim", "loss", "negatives", "temperature", "keep", "zMomentum", "views", "minimumScale"],
  properties: {
    dim: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 128,
      description: "Length of an embedding (paper).",
    },
    loss: {
      type: "string",
      enum: ["auto", "softmax", "nce", "sampled-softmax"],
      default: "auto",
      description:
        "softmax: over the whole bank (authors' CIFAR-10 run); nce: noise-contrastive estimation with " +
        "drawn rows (paper, ImageNet); sampled-softmax: over the own and the drawn rows (authors' " +
        "later code); auto: softmax up to 200 000 images, nce above.",
    },
    negatives: {
      type: "integer",
      minimum: 1,
      maximum: 2 ** 24,
      default: 4096,
      description:
        "Rows of the bank drawn for each image, with nce and sampled-softmax (paper: 4096; authors' " +
        "later code: 65536 with sampled-softmax).",
    },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.07,
      description: "Temperature of the softmax (paper, ImageNet; authors' CIFAR-10 run: 0.1).",
    },
    keep: {
      type: "number",
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.5,
      description: "Share of an image's row in the bank that stays when the image is seen (authors' code).",
    },
    zMomentum: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 1,
      description:
        "With nce: share of the normalizer Z that stays at each step; 1 leaves it as in the first " +
        "batch (authors' code), 0.99 suits small data.",
    },
    views: {
      type: "string",
      enum: ["imagenet", "cifar"],
      default: "imagenet",
      description:
        "Augmentation recipe: imagenet (authors' main.py), or cifar, with colours before grey and " +
        "without flips (authors' cifar.py).",
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
