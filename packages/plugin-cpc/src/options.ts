import { type OptionsSchema, wholeNumber } from "@tssl/core";

export interface CpcOptions {
  readonly grid: number;
  /** Null: half a patch. */
  readonly stride?: number | null;
  readonly minimumScale: number;
  readonly patchOperations: number;
  readonly colorDrop: number;
  readonly dim: number;
  readonly contextWidth: number;
  readonly contextBlocks: number;
  readonly directions: 1 | 2 | 4;
  readonly stepsToIgnore: number;
  readonly stepsToPredict: number;
  readonly predictionScale: number;
}

/**
 * CPC v2's defaults: Hénaff et al. 2020, https://arxiv.org/abs/1905.09272, and the pseudo-code of its
 * appendix A.2. No code was published.
 */
export const options: OptionsSchema<CpcOptions> = {
  type: "object",
  additionalProperties: false,
  required: [
    "grid",
    "minimumScale",
    "patchOperations",
    "colorDrop",
    "dim",
    "contextWidth",
    "contextBlocks",
    "directions",
    "stepsToIgnore",
    "stepsToPredict",
    "predictionScale",
  ],
  properties: {
    grid: {
      ...wholeNumber(2, 64),
      default: 7,
      description: "Patches along each side of an image (pseudo-code's latents; paper's images of 260: 6).",
    },
    stride: {
      ...wholeNumber(1, 65536),
      nullable: true,
      default: null,
      description:
        "Pixels from the beginning of a patch to that of the next one, which says how large patches are: " +
        "imageSize - (grid - 1) stride (paper: 36, for patches of 80 of 260 pixels); null: imageSize / " +
        "(grid + 1), rounded down, by which neighbours share half.",
    },
    minimumScale: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.75,
      description:
        "Smallest share of the image's area that a crop takes before it is cut into patches (paper: always " +
        "260 of 300 pixels, an area of 0.75).",
    },
    patchOperations: {
      ...wholeNumber(0, 16),
      default: 2,
      description: "Operations of AutoAugment that each patch gets on its own (paper).",
    },
    colorDrop: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 1,
      description: "Share of patches of which one colour channel is left, at random (paper: color dropping).",
    },
    dim: {
      ...wholeNumber(1, 65536),
      default: 64,
      description: "Length of a target and of a prediction (pseudo-code: target_dim).",
    },
    contextWidth: {
      ...wholeNumber(1, 65536),
      default: 256,
      description: "Channels within a block of a context network (pseudo-code).",
    },
    contextBlocks: {
      ...wholeNumber(1, 64),
      default: 5,
      description: "Residual blocks of a context network (pseudo-code); each sees one row further.",
    },
    directions: {
      type: "integer",
      enum: [1, 2, 4],
      default: 4,
      description:
        "Directions in which patches are predicted, each with networks of its own: 1, down (CPC v1); 2, " +
        "down and up; 4, right and left too (paper).",
    },
    stepsToIgnore: {
      ...wholeNumber(0, 62),
      default: 2,
      description:
        "Nearest rows that are not predicted, as patches there overlap (pseudo-code: steps_to_ignore).",
    },
    stepsToPredict: {
      ...wholeNumber(1, 63),
      default: 3,
      description: "Rows after these that are predicted (pseudo-code: steps_to_predict).",
    },
    predictionScale: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.1,
      description: "Factor of predictions, in place of a temperature (pseudo-code: emb_scale).",
    },
  },
};
