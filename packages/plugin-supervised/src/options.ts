import type { OptionsSchema } from "@tssl/core";

export interface SupervisedOptions {
  readonly classes: number;
  readonly minimumScale: number;
}

const minimumScale = (value: number, source: string) => ({
  type: "number" as const,
  exclusiveMinimum: 0 as const,
  maximum: 1 as const,
  default: value,
  description: `Smallest share of the image's area that a crop takes (${source}).`,
});

/** Defaults: pytorch/examples, imagenet/main.py, whose ResNet-50 is the table's last row. */
export const supervisedOptions: OptionsSchema<SupervisedOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["classes", "minimumScale"],
  properties: {
    classes: {
      type: "integer",
      minimum: 2,
      maximum: 2 ** 20,
      default: 1000,
      description: "Classes of the training images (ImageNet: 1000).",
    },
    minimumScale: minimumScale(0.08, "pytorch/examples"),
  },
};

export interface SupconOptions {
  readonly dim: number;
  readonly temperature: number;
  readonly baseTemperature: number;
  readonly minimumScale: number;
}

/** Defaults: Khosla et al. 2020, https://arxiv.org/abs/2004.11362, and the authors' code. */
export const supconOptions: OptionsSchema<SupconOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["dim", "temperature", "baseTemperature", "minimumScale"],
  properties: {
    dim: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 128,
      description: "Length of an embedding (paper).",
    },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.1,
      description: "Temperature of the softmax (paper; authors' README).",
    },
    baseTemperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.07,
      description: "The term is weighted with temperature divided by this (authors' code).",
    },
    minimumScale: minimumScale(0.2, "authors' code"),
  },
};
