import type { OptionsSchema } from "@tssl/core";

export interface SimclrOptions {
  readonly dim: number;
  /** Null: as wide as the encoder's features. */
  readonly hidden?: number | null;
  readonly layers: 2 | 3;
  readonly headBatchNorm: boolean;
  readonly temperature: number;
  readonly minimumScale: number;
  readonly colorStrength: number;
  readonly blur: number;
}

/** Defaults: Chen et al. 2020, https://arxiv.org/abs/2002.05709, and the authors' code, for ImageNet. */
export const options: OptionsSchema<SimclrOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["dim", "layers", "headBatchNorm", "temperature", "minimumScale", "colorStrength", "blur"],
  properties: {
    dim: { type: "integer", minimum: 1, default: 128 },
    hidden: { type: "integer", minimum: 1, nullable: true, default: null },
    layers: { type: "integer", enum: [2, 3], default: 2 },
    headBatchNorm: { type: "boolean", default: true },
    temperature: { type: "number", exclusiveMinimum: 0, default: 0.1 },
    minimumScale: { type: "number", exclusiveMinimum: 0, maximum: 1, default: 0.08 },
    colorStrength: { type: "number", minimum: 0, maximum: 2.5, default: 1 },
    blur: { type: "number", minimum: 0, maximum: 1, default: 0.5 },
  },
};
