import type { OptionsSchema } from "@tssl/core";

export interface ClsaOptions {
  readonly beta: number;
  readonly temperature: number;
  readonly crops: "single" | "multi";
  /** Sides of extra weak views in pixels. Null: as `crops` says. */
  readonly weakSizes?: number[] | null;
  /** Sides of the strong views in pixels. Null: as `crops` says. */
  readonly strongSizes?: number[] | null;
  /** The method's view that all of these are built on. Null: its first. */
  readonly weakView?: string | null;
  readonly loss: "ddm" | "contrastive";
  readonly detachTeacher: boolean;
  readonly pool: "paper" | "repository";
  readonly draws: number;
  readonly probability: number;
}

const sizes = {
  type: "array",
  items: { type: "integer", minimum: 8 },
  nullable: true,
  default: null,
} as const;

/** Defaults: the paper's CLSA with one strong crop, and the authors' code for what the paper leaves open. */
export const options: OptionsSchema<ClsaOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["beta", "temperature", "crops", "loss", "detachTeacher", "pool", "draws", "probability"],
  properties: {
    beta: { type: "number", minimum: 0, default: 1 },
    temperature: { type: "number", exclusiveMinimum: 0, default: 0.2 },
    crops: { type: "string", enum: ["single", "multi"], default: "single" },
    weakSizes: sizes,
    strongSizes: { ...sizes, minItems: 1 },
    weakView: { type: "string", nullable: true, default: null },
    loss: { type: "string", enum: ["ddm", "contrastive"], default: "ddm" },
    detachTeacher: { type: "boolean", default: true },
    pool: { type: "string", enum: ["paper", "repository"], default: "paper" },
    draws: { type: "integer", minimum: 1, default: 5 },
    probability: { type: "number", minimum: 0, maximum: 1, default: 0.5 },
  },
};
