import { type OptionsSchema, wholeNumber } from "@tssl/core";
import { type ShuffleBnOptions, shuffleBnSchema } from "@tssl/core/contrast";

export interface InfominOptions extends ShuffleBnOptions {
  readonly dim: number;
  readonly head: "mlp" | "linear";
  readonly temperature: number;
  readonly momentum: number;
  readonly queueSize: number;
  readonly inBatchNegatives: boolean;
  readonly jigsawShare: number;
  readonly minimumScale: number;
  readonly strongProbability: number;
}

/** What both methods have, with the values that the authors of InfoMin give both. */
const dim = {
  ...wholeNumber(1, 65536),
  default: 128,
  description: "Length of an embedding (authors' code).",
};
const jigsawShare = {
  type: "number",
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
  default: 0.5,
  description:
    "Share of the jigsaw's loss; the loss of the whole image has the rest (beta of the authors' code).",
} as const;
const temperature = { type: "number", exclusiveMinimum: 0 } as const;
const minimumScale = { type: "number", exclusiveMinimum: 0, maximum: 1 } as const;

/**
 * InfoMin's defaults: Tian et al. 2020, https://arxiv.org/abs/2005.10243; HobbitLong/PyContrast,
 * options/base_options.py and train_options.py (d72bb9a).
 */
export const infominOptions: OptionsSchema<InfominOptions> = {
  type: "object",
  additionalProperties: false,
  required: [
    "dim",
    "head",
    "temperature",
    "momentum",
    "queueSize",
    "inBatchNegatives",
    "jigsawShare",
    "minimumScale",
    "strongProbability",
    ...shuffleBnSchema.required,
  ],
  properties: {
    dim,
    head: {
      type: "string",
      enum: ["mlp", "linear"],
      default: "mlp",
      description:
        "mlp: one hidden layer as wide as the features, ReLU, no batch norm (authors' code); linear: no " +
        "hidden layer. Both for whole images and for each patch.",
    },
    temperature: { ...temperature, default: 0.15, description: "Temperature of InfoNCE (authors' code)." },
    momentum: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 0.999,
      description:
        "Momentum of the key encoder: share of its weights that stays in each step (authors' code: alpha).",
    },
    queueSize: {
      ...wholeNumber(1, 2 ** 24),
      default: 65536,
      description:
        "Rows of the queue of earlier keys (authors' code): at least the images of one forward pass " +
        "(batchSize / accumulate).",
    },
    inBatchNegatives: {
      type: "boolean",
      default: false,
      description: "Whether the other keys of the batch are also negatives, as in CLSA's code.",
    },
    jigsawShare,
    minimumScale: {
      ...minimumScale,
      default: 0.2,
      description: "Smallest share of the image's area that a crop of the whole image takes (authors' code).",
    },
    strongProbability: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description:
        "Probability that each of RandAugment's two operations is applied to a view (authors' code).",
    },
    ...shuffleBnSchema.properties,
  },
};

export interface PirlOptions {
  readonly dim: number;
  readonly temperature: number;
  readonly keep: number;
  /** Null: the whole bank. */
  readonly negatives?: number | null;
  readonly jigsawShare: number;
  readonly minimumScale: number;
}

/**
 * PIRL's defaults: Misra & van der Maaten 2020, https://arxiv.org/abs/1912.01991, as HobbitLong/PyContrast
 * (d72bb9a) has it.
 */
export const pirlOptions: OptionsSchema<PirlOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["dim", "temperature", "keep", "jigsawShare", "minimumScale"],
  properties: {
    dim,
    temperature: { ...temperature, default: 0.07, description: "Temperature of the softmax (paper)." },
    keep: {
      type: "number",
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.5,
      description: "Share of an image's row in the bank that stays when the image is seen (paper).",
    },
    negatives: {
      ...wholeNumber(1, 2 ** 24),
      nullable: true,
      default: 65536,
      description:
        "Rows of the bank drawn for each image (PyContrast; paper: 32000, with another loss); null: the " +
        "whole bank, each row once.",
    },
    jigsawShare,
    minimumScale: {
      ...minimumScale,
      default: 0.08,
      description: "Smallest share of the image's area that a crop of the whole image takes (paper).",
    },
  },
};
