import type { OptionsSchema } from "@tssl/core";

export interface SimclrOptions {
  readonly dim: number;
  /** Width of the head's hidden layers. Null: that of the encoder's features. */
  readonly hidden?: number | null;
  readonly layers: 2 | 3;
  readonly headBatchNorm: boolean;
  readonly temperature: number;
  readonly minimumScale: number;
  readonly colorStrength: number;
  readonly blur: number;
}

/**
 * Defaults: those of Chen et al. 2020, https://arxiv.org/abs/2002.05709, and the authors' code for ImageNet.
 */
export const options: OptionsSchema<SimclrOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["dim", "layers", "headBatchNorm", "temperature", "minimumScale", "colorStrength", "blur"],
  properties: {
    dim: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 128,
      description: "Length of an embedding (paper).",
    },
    hidden: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      nullable: true,
      default: null,
      description: "Width of the head's hidden layers; null: that of the encoder's features (authors' code).",
    },
    layers: {
      type: "integer",
      enum: [2, 3],
      default: 2,
      description: "Layers of the head (paper); 3 in SimCLR v2 (arXiv:2006.10029).",
    },
    headBatchNorm: {
      type: "boolean",
      default: true,
      description:
        "true: batch norm after every layer of the head, the last one without a shift, and no biases " +
        "(authors' code); false: no batch norm, and biases.",
    },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.1,
      description: "Temperature of NT-Xent (paper, ImageNet).",
    },
    minimumScale: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.08,
      description: "Smallest share of the image's area that a crop takes (paper).",
    },
    colorStrength: {
      type: "number",
      minimum: 0,
      maximum: 2.5,
      default: 1,
      description:
        "Strength s of the colour jitter: 0.8 s for brightness, contrast and saturation, 0.2 s for hue " +
        "(paper, ImageNet).",
    },
    blur: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Probability of the blur (paper); 0 leaves it out, as on CIFAR-10.",
    },
  },
};
