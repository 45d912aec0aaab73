import type { OptionsSchema } from "@tssl/core";

export interface ClsaOptions {
  readonly beta: number;
  readonly temperature: number;
  readonly crops: "single" | "multi";
  /** Sides of extra weak views in pixels. Null: chosen by `crops`. */
  readonly weakSizes?: number[] | null;
  /** Sides of the strong views in pixels. Null: chosen by `crops`. */
  readonly strongSizes?: number[] | null;
  /** Name of the method's view that the added views are built on. Null: the method's first view. */
  readonly weakView?: string | null;
  readonly loss: "ddm" | "contrastive";
  readonly detachTeacher: boolean;
  readonly pool: "paper" | "repository";
  readonly draws: number;
  readonly probability: number;
}

const sizes = {
  type: "array",
  items: { type: "integer", minimum: 8, maximum: 4096 },
  maxItems: 64,
  nullable: true,
  default: null,
} as const;

/**
 * Defaults: the paper's CLSA with one strong crop; the authors' code for values that the paper does not give.
 */
export const options: OptionsSchema<ClsaOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["beta", "temperature", "crops", "loss", "detachTeacher", "pool", "draws", "probability"],
  properties: {
    beta: {
      type: "number",
      minimum: 0,
      default: 1,
      description: "Weight of the divergence term in the loss (paper).",
    },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.2,
      description: "Temperature of both distributions (authors' code).",
    },
    crops: {
      type: "string",
      enum: ["single", "multi"],
      default: "single",
      description:
        "single: one strong view (paper's CLSA); multi: several weak and strong views (paper's CLSA*).",
    },
    weakSizes: {
      ...sizes,
      description: "Sides of extra weak views in pixels; null: chosen by crops (authors' code).",
    },
    strongSizes: {
      ...sizes,
      minItems: 1,
      description: "Sides of the strong views in pixels; null: chosen by crops (authors' code).",
    },
    weakView: {
      type: "string",
      nullable: true,
      default: null,
      description:
        "Name of the method's view that extra weak and strong views are built on; null: the method's " +
        "first view.",
    },
    loss: {
      type: "string",
      enum: ["ddm", "contrastive"],
      default: "ddm",
      description:
        "ddm: the divergence from the weak view's distribution (paper); contrastive: the method's own " +
        "loss of the strong views (the paper's ablation).",
    },
    detachTeacher: {
      type: "boolean",
      default: true,
      description:
        "Whether the gradient stops at the weak view's distribution (authors' code); false is an ablation.",
    },
    pool: {
      type: "string",
      enum: ["paper", "repository"],
      default: "paper",
      description:
        "The 14 operations of the strong view. paper: with Invert and continuous magnitudes; repository: " +
        "with Identity and nine integer levels.",
    },
    draws: {
      type: "integer",
      minimum: 1,
      maximum: 1000,
      default: 5,
      description: "Operations drawn for each strong view, with replacement (paper).",
    },
    probability: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Probability that a drawn operation is applied (paper).",
    },
  },
};
