import { type OptionsSchema, wholeNumber } from "@tssl/core";
import { type ShuffleBnOptions, shuffleBnSchema } from "@tssl/core/contrast";

export interface PclOptions extends ShuffleBnOptions {
  readonly dim: number;
  readonly head: "mlp" | "linear";
  readonly views: "moco-v1" | "moco-v2";
  readonly minimumScale: number;
  readonly blur: boolean;
  readonly temperature: number;
  readonly momentum: number;
  readonly queueSize: number;
  readonly clusters: number[];
  /** Null: all other prototypes. */
  readonly negatives?: number | null;
  readonly warmupEpochs: number;
  readonly iterations: number;
  readonly redo: number;
}

/** The defaults of a version; those of Shuffle-BN stand in its schema. */
export type PclDefaults = Omit<PclOptions, keyof ShuffleBnOptions>;

/** PCL v2's values: Li et al. 2021, https://arxiv.org/abs/2005.04966, and the authors' code; ImageNet. */
export const pclV2Defaults: PclDefaults = {
  dim: 128,
  head: "mlp",
  views: "moco-v2",
  minimumScale: 0.2,
  blur: true,
  temperature: 0.2,
  momentum: 0.999,
  queueSize: 16384,
  clusters: [25000, 50000, 100000],
  negatives: 16384,
  warmupEpochs: 20,
  iterations: 20,
  redo: 5,
};

/**
 * PCL v1's values: a linear head, MoCo v1's views. The temperature is the default of the authors'
 * pcl/builder.py (964da1f); the command in their README has 0.2 for both versions.
 */
export const pclV1Defaults: PclDefaults = {
  ...pclV2Defaults,
  head: "linear",
  views: "moco-v1",
  temperature: 0.1,
};

export function pclSchema(defaults: PclDefaults): OptionsSchema<PclOptions> {
  const withDefault = <K extends keyof PclDefaults, S extends object>(
    name: K,
    schema: S,
    description: string,
  ) => ({ ...schema, default: defaults[name], description });
  const required = Object.keys(defaults).filter((name) => name !== "negatives");
  return {
    type: "object",
    additionalProperties: false,
    required: [...(required as Exclude<keyof PclDefaults, "negatives">[]), ...shuffleBnSchema.required],
    properties: {
      dim: withDefault("dim", wholeNumber(1, 65536), "Length of an embedding (paper)."),
      head: withDefault(
        "head",
        { type: "string", enum: ["mlp", "linear"] },
        "mlp: one hidden layer as wide as the features, ReLU, no batch norm (v2); linear: no hidden layer " +
          "(v1).",
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
        "Whether the recipe keeps its blur (v2); recipes for CIFAR have none.",
      ),
      temperature: withDefault(
        "temperature",
        { type: "number", exclusiveMinimum: 0 },
        "Temperature of InfoNCE, and mean of the densities of each clustering (authors' code).",
      ),
      momentum: withDefault(
        "momentum",
        { type: "number", minimum: 0, maximum: 1 },
        "Momentum of the key encoder: share of its weights that stays in each step (paper).",
      ),
      queueSize: withDefault(
        "queueSize",
        wholeNumber(1, 2 ** 24),
        "Rows of the queue of earlier keys (paper): at least the images of one forward pass (batchSize / " +
          "accumulate).",
      ),
      clusters: withDefault(
        "clusters",
        { type: "array", items: wholeNumber(2, 2 ** 22), minItems: 1, maxItems: 64 },
        "Clusters of each clustering, all made anew before every epoch (paper, ImageNet).",
      ),
      negatives: {
        ...wholeNumber(1, 2 ** 22),
        nullable: true,
        default: defaults.negatives ?? null,
        description:
          "Prototypes drawn as negatives at each step, beside those of the batch (authors' code); null: all, " +
          "and no prototype is met twice.",
      },
      warmupEpochs: withDefault(
        "warmupEpochs",
        wholeNumber(0, 1_000_000),
        "Epochs at the start with InfoNCE alone (paper).",
      ),
      iterations: withDefault("iterations", wholeNumber(1, 10_000), "Iterations of k-means (authors' code)."),
      redo: withDefault(
        "redo",
        wholeNumber(1, 1000),
        "Starts of k-means, of which the best is kept (authors' code).",
      ),
      ...shuffleBnSchema.properties,
    },
  };
}
