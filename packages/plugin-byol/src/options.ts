import type { OptionsSchema } from "@tssl/core";

export interface ByolOptions {
  readonly dim: number;
  readonly hidden: number;
  readonly momentum: number;
  readonly momentumSchedule: "cosine" | "constant";
  readonly queueSize: number;
  readonly minimumScale: number;
  readonly saturation: number;
  /** Of the first view and of the second. */
  readonly blur: [number, number];
  readonly solarize: [number, number];
}

const share = { type: "number", minimum: 0, maximum: 1 } as const;
const ofBothViews = (probabilities: [number, number], description: string) => ({
  type: "array" as const,
  items: [share, share] as const,
  minItems: 2 as const,
  maxItems: 2 as const,
  default: probabilities,
  description,
});

/** Defaults: Grill et al. 2020, https://arxiv.org/abs/2006.07733, and the authors' code, for 1000 epochs of ImageNet. */
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
      default: 256,
      description: "Length of a projection and of a prediction (paper).",
    },
    hidden: {
      type: "integer",
      minimum: 1,
      default: 4096,
      description: "Width of the hidden layer of projector and predictor (paper).",
    },
    momentum: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 0.996,
      description:
        "Share of the momentum encoder that stays at each step, at the start of the run (paper, 1000 epochs; authors' code: 0.99 for 300 and 100 epochs).",
    },
    momentumSchedule: {
      type: "string",
      enum: ["cosine", "constant"],
      default: "cosine",
      description: "How the momentum goes on: cosine rises to 1 over the run (paper).",
    },
    queueSize: {
      type: "integer",
      minimum: 0,
      default: 0,
      description:
        "Rows of a queue of earlier projections, for terms such as clsa that compare with them; BYOL itself needs none.",
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
      description:
        "Strength of the saturation in the colour jitter; brightness and contrast have 0.4, hue 0.1 (paper).",
    },
    blur: ofBothViews([1, 0.1], "Probability of the blur in the first and in the second view (paper)."),
    solarize: ofBothViews(
      [0, 0.2],
      "Probability of solarization in the first and in the second view (paper).",
    ),
  },
};
