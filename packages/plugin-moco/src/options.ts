import type { OptionsSchema } from "@tssl/core";
import { type ShuffleBnOptions, shuffleBnSchema } from "@tssl/core/contrast";

export interface MocoOptions extends ShuffleBnOptions {
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
}

/** The defaults of a version; those of Shuffle-BN stand in its schema. */
export type MocoDefaults = Omit<MocoOptions, keyof ShuffleBnOptions>;

/** MoCo v2's values: Chen et al. 2020, https://arxiv.org/abs/2003.04297, and the authors' code. */
export const mocoV2Defaults: MocoDefaults = {
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
};

/** MoCo v1's values: He et al. 2020, https://arxiv.org/abs/1911.05722, and the authors' code. */
export const mocoV1Defaults: MocoDefaults = {
  ...mocoV2Defaults,
  head: "linear",
  views: "moco-v1",
  temperature: 0.07,
};

export function mocoSchema(defaults: MocoDefaults): OptionsSchema<MocoOptions> {
  const withDefault = <K extends keyof MocoDefaults, S extends object>(
    name: K,
    schema: S,
    description: string,
  ) => ({ ...schema, default: defaults[name], description });
  return {
    type: "object",
    additionalProperties: false,
    required: [...(Object.keys(defaults) as (keyof MocoDefaults)[]), ...shuffleBnSchema.required],
    properties: {
      dim: withDefault(
        "dim",
        { type: "integer", minimum: 1, maximum: 65536 },
        "Length of an embedding (papers).",
      ),
      head: withDefault(
        "head",
        { type: "string", enum: ["mlp", "linear"] },
        "mlp: one hidden layer as wide as the features, ReLU, no batch norm (MoCo v2); " +
          "linear: no hidden layer (MoCo v1).",
      ),
      views: withDefault(
        "views",
        { type: "string", enum: ["moco-v1", "moco-v2"] },
        "Augmentation recipe of query and key (authors' code of this version).",
      ),
      minimumScale: withDefault(
        "minimumScale",
        { type: "number", exclusiveMinimum: 0, maximum: 1 },
        "Smallest share of the image's area that a crop takes (authors' code).",
      ),
      blur: withDefault(
        "blur",
        { type: "boolean" },
        "Whether the recipe keeps its blur (MoCo v2); recipes for CIFAR have none.",
      ),
      temperature: withDefault(
        "temperature",
        { type: "number", exclusiveMinimum: 0 },
        "Temperature of InfoNCE (papers).",
      ),
      momentum: withDefault(
        "momentum",
        { type: "number", minimum: 0, maximum: 1 },
        "Momentum of the key encoder: share of its weights that stays in each step (papers); 0.99 for " +
          "short runs (authors' CIFAR-10 demo).",
      ),
      momentumSchedule: withDefault(
        "momentumSchedule",
        { type: "string", enum: ["constant", "cosine"] },
        "Schedule of the momentum: constant (papers), or cosine, which rises to 1 over the run.",
      ),
      queueSize: withDefault(
        "queueSize",
        { type: "integer", minimum: 1, maximum: 2 ** 24 },
        "Rows of the queue of earlier keys (papers): at least the images of one forward pass (batchSize / " +
          "accumulate), not necessarily a multiple of them.",
      ),
      inBatchNegatives: withDefault(
        "inBatchNegatives",
        { type: "boolean" },
        "Whether the other keys of the batch are also negatives, as in CLSA's code.",
      ),
      ...shuffleBnSchema.properties,
    },
  };
}
