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
const ofBothViews = (probabilities: [number, number]) => ({
  type: "array" as const,
  items: [share, share] as const,
  minItems: 2 as const,
  maxItems: 2 as const,
  default: probabilities,
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
    dim: { type: "integer", minimum: 1, default: 256 },
    hidden: { type: "integer", minimum: 1, default: 4096 },
    momentum: { type: "number", minimum: 0, maximum: 1, default: 0.996 },
    momentumSchedule: { type: "string", enum: ["cosine", "constant"], default: "cosine" },
    queueSize: { type: "integer", minimum: 0, default: 0 },
    minimumScale: { type: "number", exclusiveMinimum: 0, maximum: 1, default: 0.08 },
    saturation: { type: "number", minimum: 0, default: 0.2 },
    blur: ofBothViews([1, 0.1]),
    solarize: ofBothViews([0, 0.2]),
  },
};
