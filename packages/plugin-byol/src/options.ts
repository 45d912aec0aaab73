import type { OptionsSchema } from "@tssl/core";

export interface ByolOptions {
  readonly dim: number;
  readonly hidden: number;
  readonly momentum: number;
  readonly momentumSchedule: "cosine" | "constant";
  readonly queueSize: number;
  readonly minimumScale: number;
  readonly saturation: number;
  /** Probabilities for the first and the second view. */
  readonly blur: [number, number];
  readonly solarize: [number, number];
}

const share = { type: "number", minimum: 0, maximum: 1 } as const;
const forBothViews = (probabilities: [number, number], description: string) => ({
  type: "array" as const,
  items: [share, share] as const,
  minItems: 2 as const,
  maxItems: 2 as const,
  default: probabilities,
  description,
});

/**
 * Defaults: those of Grill et al. 2020, https://arxiv.org/abs/2006.07733, and the authors' code for 1000
 * epochs of ImageNet.
 */
export const options: OptionsSchema<ByolOptions> = {
  type: "object",
  additionalProperties: false,
  required: [
    "dim",
    "hidden",
    "momentum",
    "momentumSchedule",
    "queueSize",
    "minimumScale",
    "saturation",
    "blur",
    "solarize",
  ],
  properties: {
    dim: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 256,
      description: "Length of a projection and of a prediction (paper).",
    },
    hidden: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 4096,
      description: "Width of the hidden layer of projector and predictor (paper).",
    },
    momentum: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 0.996,
      description:
        "Momentum of the target at the start of the run: share of its weights that stays in each step " +
        "(paper, 1000 epochs; authors' code: 0.99 for 300 and 100 epochs).",
    },
    momentumSchedule: {
      type: "string",
      enum: ["cosine", "constant"],
      default: "cosine",
      description: "Schedule of the momentum: cosine, which rises to 1 over the run (paper), or constant.",
    },
    queueSize: {
      type: "integer",
      minimum: 0,
      maximum: 2 ** 24,
      default: 0,
      description:
        "Rows of a queue of earlier projections, for terms such as clsa that compare with them: 0, or at " +
        "least two rows per image of one forward pass (batchSize / accumulate). BYOL itself needs none.",
    },
    minimumScale: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.08,
      description: "Smallest share of the image's area that a crop takes (authors' code).",
    },
    saturation: {
      type: "number",
      minimum: 0,
      default: 0.2,
      description: "Strength of the saturation jitter (paper); brightness and contrast have 0.4, hue 0.1.",
    },
    blur: forBothViews([1, 0.1], "Probability of blur in the first and in the second view (paper)."),
    solarize: forBothViews(
      [0, 0.2],
      "Probability of solarization in the first and in the second view (paper).",
    ),
  },
};
