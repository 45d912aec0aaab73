import { type OptionsSchema, wholeNumber } from "@tssl/core";
import { type MultiCropOptions, multiCropSchema } from "@tssl/core/contrast";

export interface DeepclusterOptions extends MultiCropOptions {
  readonly dim: number;
  readonly hidden: number;
  /** Of each clustering. */
  readonly prototypes: number[];
  readonly temperature: number;
  readonly iterations: number;
}

/**
 * Defaults: Caron et al. 2020, https://arxiv.org/abs/2006.09882, and the authors' code; ImageNet, batches of
 * 4096.
 */
export const options: OptionsSchema<DeepclusterOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["dim", "hidden", "prototypes", "temperature", "iterations", ...multiCropSchema.required],
  properties: {
    dim: { ...wholeNumber(1, 65536), default: 128, description: "Length of an embedding (authors' code)." },
    hidden: {
      ...wholeNumber(1, 65536),
      default: 2048,
      description: "Width of the head's hidden layer, with batch norm and relu (authors' code).",
    },
    prototypes: {
      type: "array",
      items: wholeNumber(2, 2 ** 22),
      minItems: 1,
      maxItems: 64,
      default: [3000, 3000, 3000],
      description:
        "Prototypes of each clustering, all made anew before every epoch (authors' code, ImageNet); at " +
        "most one for each training image.",
    },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.1,
      description: "Temperature of the predictions (authors' code).",
    },
    iterations: {
      ...wholeNumber(1, 10_000),
      default: 10,
      description: "Iterations of k-means (authors' code).",
    },
    ...multiCropSchema.properties,
  },
};
