import type { OptionsSchema } from "@tssl/core";

export interface ClsaOptions {
  readonly beta: number;
  readonly temperature: number;
  readonly loss: "ddm" | "contrastive";
  readonly detachTeacher: boolean;
  readonly weakView: string;
  readonly strongViews: number;
  /** Null: the weak size times 96 / 224, as in the paper, rounded up to a multiple of 8. */
  readonly strongSize?: number | null;
  readonly pool: "paper" | "repository";
  readonly draws: number;
  readonly probability: number;
}

/** Defaults: the paper's CLSA with one strong crop, and the authors' code for what the paper leaves open. */
export const options: OptionsSchema<ClsaOptions> = {
  type: "object",
  additionalProperties: false,
  required: [
    "beta",
    "temperature",
    "loss",
    "detachTeacher",
    "weakView",
    "strongViews",
    "pool",
    "draws",
    "probability",
  ],
  properties: {
    beta: { type: "number", minimum: 0, default: 1 },
    temperature: { type: "number", exclusiveMinimum: 0, default: 0.2 },
    loss: { type: "string", enum: ["ddm", "contrastive"], default: "ddm" },
    detachTeacher: { type: "boolean", default: true },
    weakView: { type: "string", default: "query" },
    strongViews: { type: "integer", minimum: 1, default: 1 },
    strongSize: { type: "integer", minimum: 8, nullable: true, default: null },
    pool: { type: "string", enum: ["paper", "repository"], default: "paper" },
    draws: { type: "integer", minimum: 1, default: 5 },
    probability: { type: "number", minimum: 0, maximum: 1, default: 0.5 },
  },
};
