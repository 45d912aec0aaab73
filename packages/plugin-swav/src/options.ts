import type { OptionsSchema } from "@tssl/core";

export interface SwavOptions {
  readonly dim: number;
  readonly hidden: number;
  readonly prototypes: number;
  readonly temperature: number;
  readonly epsilon: number;
  readonly sinkhornIterations: number;
  readonly freezePrototypesEpochs: number;
  readonly queueSize: number;
  readonly queueFromEpoch: number;
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
 * Defaults: Caron et al. 2020, https://arxiv.org/abs/2006.09882, and the authors' code; ImageNet, batches of
 * 4096.
 */
export const options: OptionsSchema<SwavOptions> = {
  type: "object",
  additionalProperties: false,
  required: [
    "dim",
    "hidden",
    "prototypes",
    "temperature",
    "epsilon",
    "sinkhornIterations",
    "freezePrototypesEpochs",
    "queueSize",
    "queueFromEpoch",
    "largeScale",
    "smallCrops",
    "smallScale",
    "colorStrength",
    "blur",
  ],
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
      default: 2048,
      description: "Width of the head's hidden layer, with batch norm and relu (authors' code).",
    },
    prototypes: {
      type: "integer",
      minimum: 2,
      maximum: 2 ** 20,
      default: 3000,
      description: "Number of prototypes (paper; about ten for each class suffice on small data).",
    },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.1,
      description: "Temperature of the predictions (paper).",
    },
    epsilon: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.05,
      description:
        "Smoothing of the codes (paper); 0.03 where the loss stays at log of the prototypes (authors' " +
        "README).",
    },
    sinkhornIterations: {
      type: "integer",
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: "Rounds of the Sinkhorn-Knopp algorithm that makes the codes (paper).",
    },
    freezePrototypesEpochs: {
      type: "number",
      minimum: 0,
      default: 1,
      description:
        "Epochs at the start in which prototypes are not trained (authors' code: 313 or 5005 steps, an " +
        "epoch).",
    },
    queueSize: {
      type: "integer",
      minimum: 0,
      maximum: 2 ** 24,
      default: 0,
      description:
        "Earlier embeddings of each large crop that codes are made beside; 0: none (authors' code: " +
        "3840 with batches of 256).",
    },
    queueFromEpoch: {
      type: "integer",
      minimum: 0,
      maximum: 1_000_000,
      default: 15,
      description:
        "Epochs, counted from 0, before the queue starts to fill; it is used once full (authors' code).",
    },
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
};
