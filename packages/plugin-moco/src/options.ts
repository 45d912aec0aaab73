import type { OptionsSchema } from "@tssl/core";

export interface MocoOptions {
  readonly dim: number;
  readonly head: "mlp" | "linear";
  readonly views: "moco-v1" | "moco-v2";
  readonly minimumScale: number;
  readonly blur: boolean;
  readonly temperature: number;
  readonly momentum: number;
  readonly momentumSchedule: "constant" | "cosine";
  readonly queueSize: number;
  readonly inBatchNegatives: boolean;
  readonly batchNormGroups: number;
  readonly shuffleBatchNorm: boolean;
}

/** MoCo v2's values: Chen et al. 2020, https://arxiv.org/abs/2003.04297, and the authors' code. */
export const mocoV2Defaults: MocoOptions = {
  dim: 128,
  head: "mlp",
  views: "moco-v2",
  minimumScale: 0.2,
  blur: true,
  temperature: 0.2,
  momentum: 0.999,
  momentumSchedule: "constant",
  queueSize: 65536,
  inBatchNegatives: false,
  batchNormGroups: 1,
  shuffleBatchNorm: false,
};

/** MoCo v1's values: He et al. 2020, https://arxiv.org/abs/1911.05722, and the authors' code. */
export const mocoV1Defaults: MocoOptions = {
  ...mocoV2Defaults,
  head: "linear",
  views: "moco-v1",
  temperature: 0.07,
};

export function mocoSchema(defaults: MocoOptions): OptionsSchema<MocoOptions> {
  const withDefault = <K extends keyof MocoOptions, S extends object>(name: K, schema: S) => ({
    ...schema,
    default: defaults[name],
  });
  return {
    type: "object",
    additionalProperties: false,
    required: Object.keys(defaults) as (keyof MocoOptions)[],
    properties: {
      dim: withDefault("dim", { type: "integer", minimum: 1 }),
      head: withDefault("head", { type: "string", enum: ["mlp", "linear"] }),
      views: withDefault("views", { type: "string", enum: ["moco-v1", "moco-v2"] }),
      minimumScale: withDefault("minimumScale", { type: "number", exclusiveMinimum: 0, maximum: 1 }),
      blur: withDefault("blur", { type: "boolean" }),
      temperature: withDefault("temperature", { type: "number", exclusiveMinimum: 0 }),
      momentum: withDefault("momentum", { type: "number", minimum: 0, maximum: 1 }),
      momentumSchedule: withDefault("momentumSchedule", { type: "string", enum: ["constant", "cosine"] }),
      queueSize: withDefault("queueSize", { type: "integer", minimum: 1 }),
      inBatchNegatives: withDefault("inBatchNegatives", { type: "boolean" }),
      batchNormGroups: withDefault("batchNormGroups", { type: "integer", minimum: 1 }),
      shuffleBatchNorm: withDefault("shuffleBatchNorm", { type: "boolean" }),
    },
  };
}
