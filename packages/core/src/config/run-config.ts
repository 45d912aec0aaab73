import type { DecodeMode } from "@tssl/augment-zoo";
import type { EngineMode } from "@tssl/engine";
import type { JSONSchemaType } from "ajv";

/** What every optimizer takes besides its own options. */
export interface LearningSettings {
  /** The learning rate after the warm-up. Never scaled by the batch size behind your back. */
  readonly lr: number;
  readonly schedule: "cosine" | "constant" | "steps";
  /** With "cosine": the rate that the run ends at. */
  readonly finalLr: number;
  readonly warmupEpochs: number;
  /** The learning rate of the first step of the warm-up; null: the `lr` divided by the steps of the warm-up. */
  readonly warmupFrom: number | null;
  /** With "steps": shares of the run after which the rate is multiplied by `factor`. */
  readonly milestones: number[];
  readonly factor: number;
  /** Gradients longer than this, taken as one vector, are scaled down to it. */
  readonly clipNorm: number | null;
}

/** Everything about a run but the options of its encoder, plugins and optimizer, whose schemas are their own. */
export interface RunSettings {
  readonly name: string;
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly imageSize: number;
  readonly data: {
    readonly train: string;
    readonly test: string | null;
    readonly workers: number | null;
    readonly cacheMegabytes: number;
    readonly decode: DecodeMode;
    readonly maxCorruptShare: number;
    /** Images that wait to be drawn where shards are read one after another; null: the order is shuffled over all images. */
    readonly shuffleBuffer: number | null;
    readonly mean: [number, number, number];
    readonly deviation: [number, number, number];
  };
  readonly evaluation: {
    readonly everyEpochs: number;
    readonly batchSize: number;
    readonly k: number;
    readonly temperature: number;
  };
  /** After how many steps each the gradients of the single loss terms and the cosines of a batch are looked at. */
  readonly health: { readonly everySteps: number };
  /** When a checkpoint is saved, besides at the end and after the best evaluation so far. */
  readonly checkpoint: {
    readonly everySteps: number | null;
    readonly everyMinutes: number | null;
    /** The newest that are kept; the best is kept besides. */
    readonly keep: number;
  };
  readonly logging: { readonly tensorboard: boolean };
  readonly engine: {
    readonly device: "auto" | "cpu" | "gpu";
    readonly threads: number | null;
    readonly gpuMemoryGrowth: boolean;
    readonly mode: "auto" | EngineMode;
    readonly precision: "float32" | "tf32" | "bfloat16";
  };
}

const nullable = (schema: object, value: number | null = null) => ({
  ...schema,
  nullable: true,
  default: value,
});
const channel = (value: [number, number, number], rest: object) => ({
  type: "array",
  items: [
    { type: "number", ...rest },
    { type: "number", ...rest },
    { type: "number", ...rest },
  ],
  minItems: 3,
  maxItems: 3,
  default: value,
});

/** An object all of whose options have defaults, so that it may be left out as a whole. */
const section = (
  description: string,
  properties: Record<string, object>,
  required: readonly string[] = [],
) => ({
  type: "object",
  description,
  additionalProperties: false,
  required,
  properties,
  ...(required.length === 0 ? { default: {} } : {}),
});

/** The schema of a config file without `encoder`, `plugins` and `optimizer`. */
export const runSettingsSchema = {
  type: "object",
  additionalProperties: false,
  required: ["epochs", "batchSize", "data"],
  properties: {
    name: {
      type: "string",
      minLength: 1,
      default: "run",
      description: "Name of the run, in its report and in the folder that is made for it.",
    },
    seed: {
      type: "integer",
      minimum: 0,
      maximum: 2 ** 32 - 1,
      default: 0,
      description: "Fixes every random number of the run: first weights, order of the images, views.",
    },
    epochs: { type: "integer", minimum: 1, description: "Passes over the training images." },
    batchSize: {
      type: "integer",
      minimum: 2,
      description:
        "Images of one optimizer step. Nothing is scaled with it: learning rates are what they say.",
    },
    accumulate: {
      type: "integer",
      minimum: 1,
      default: 1,
      description: "Parts that a batch passes through the network in, for batches larger than memory.",
    },
    imageSize: {
      type: "integer",
      minimum: 8,
      default: 224,
      description:
        "Side of the square images that the encoder is trained and evaluated on, in pixels (224: ImageNet).",
    },
    data: section(
      "The images, and how they are read.",
      {
        train: {
          type: "string",
          minLength: 1,
          description:
            "Images to train on: a folder of JPEG, PNG or WebP at any depth, a .txt list of files, or tar shards; relative to the file that says it. Labels are not used.",
        },
        test: {
          ...nullable({ type: "string", minLength: 1 }),
          description:
            "Labelled images that kNN classifies, with the classes of data.train; null: no evaluation.",
        },
        workers: {
          ...nullable({ type: "integer", minimum: 1 }),
          description:
            "Threads that decode and augment; null: all cores but one. The numbers do not depend on it.",
        },
        cacheMegabytes: {
          type: "number",
          minimum: 0,
          default: 512,
          description: "Room for decoded images in MiB, used where an estimate says that all of them fit.",
        },
        decode: {
          type: "string",
          enum: ["exact", "fast"],
          default: "exact",
          description:
            "exact: Pillow's pixels; fast: JPEGs much larger than their views are decoded smaller, which differs by 2 of 255 levels in the mean at most.",
        },
        maxCorruptShare: {
          type: "number",
          minimum: 0,
          exclusiveMaximum: 1,
          default: 0.01,
          description:
            "Share of the images that may be unreadable before the run ends; others take their place.",
        },
        shuffleBuffer: {
          ...nullable({ type: "integer", minimum: 1 }),
          description:
            "A number: tar shards are read one after another, in random order, each from front to back, and images drawn from so many that wait; for disks that are slow at reading here and there. Null: images are shuffled over the whole set.",
        },
        mean: {
          ...channel([0.485, 0.456, 0.406], {}),
          description:
            "Subtracted from red, green and blue, which are 0 to 1 (torchvision's ImageNet values).",
        },
        deviation: {
          ...channel([0.229, 0.224, 0.225], { exclusiveMinimum: 0 }),
          description: "What red, green and blue are then divided by (torchvision's ImageNet values).",
        },
      },
      ["train"],
    ),
    evaluation: section("kNN classification while training, where there are labels.", {
      everyEpochs: {
        type: "integer",
        minimum: 1,
        default: 10,
        description: "Epochs between two evaluations; one comes before training and one at its end.",
      },
      batchSize: {
        type: "integer",
        minimum: 1,
        default: 250,
        description: "Images that pass through the encoder at once; it changes memory, not results.",
      },
      k: {
        type: "integer",
        minimum: 1,
        default: 200,
        description: "Neighbours that vote (Wu et al. 2018, arXiv:1805.01978).",
      },
      temperature: {
        type: "number",
        exclusiveMinimum: 0,
        default: 0.1,
        description:
          "A vote weighs exp(similarity / temperature) (MoCo's CIFAR-10 demo; Wu et al. have 0.07).",
      },
    }),
    health: section("What is looked at to tell whether a run is well.", {
      everySteps: {
        type: "integer",
        minimum: 1,
        default: 200,
        description:
          "Steps between two looks at each loss term's own gradient and at the cosines of a batch, each about as long as a step.",
      },
    }),
    checkpoint: section("When the state is saved, besides at the end and after the best evaluation.", {
      everySteps: {
        ...nullable({ type: "integer", minimum: 1 }),
        description: "Steps between two checkpoints; null: the number of steps saves none.",
      },
      everyMinutes: {
        ...nullable({ type: "number", exclusiveMinimum: 0 }, 10),
        description: "Minutes between two checkpoints; null: the clock saves none.",
      },
      keep: {
        type: "integer",
        minimum: 1,
        default: 2,
        description: "Newest checkpoints that are kept; the best is kept besides.",
      },
    }),
    logging: section("What is written besides metrics.jsonl.", {
      tensorboard: {
        type: "boolean",
        default: false,
        description:
          "Whether metrics are also written as event files for TensorBoard, in tensorboard/ of the run folder.",
      },
    }),
    engine: section("How and on what steps are computed.", {
      device: {
        type: "string",
        enum: ["auto", "cpu", "gpu"],
        default: "auto",
        description: "auto: a GPU where TensorFlow can use one, otherwise the CPU.",
      },
      threads: {
        ...nullable({ type: "integer", minimum: 1 }),
        description:
          "Threads of one op, and ops at a time; null: TF_NUM_INTRAOP_THREADS, else one per processor.",
      },
      gpuMemoryGrowth: {
        type: "boolean",
        default: true,
        description: "Whether GPU memory is taken as it is needed, instead of all at the start.",
      },
      mode: {
        type: "string",
        enum: ["auto", "eager", "graph", "xla"],
        default: "auto",
        description: "How a step runs; results agree but for rounding. auto: graph on a CPU, xla on a GPU.",
      },
      precision: {
        type: "string",
        enum: ["float32", "tf32", "bfloat16"],
        default: "float32",
        description: "Numbers of matrix products: tf32 on GPUs; bfloat16 with float32 master weights.",
      },
    }),
  },
} as unknown as JSONSchemaType<RunSettings>;

/** Joined with the chosen optimizer's own properties, so that both stand in one section of the config. */
export const learningProperties = {
  lr: {
    type: "number",
    exclusiveMinimum: 0,
    description: "Learning rate after the warm-up. Never scaled by the batch size.",
  },
  schedule: {
    type: "string",
    enum: ["cosine", "constant", "steps"],
    default: "cosine",
    description:
      "How the rate goes on, step by step: cosine to finalLr (arXiv:1608.03983), constant, or steps at milestones.",
  },
  finalLr: {
    type: "number",
    minimum: 0,
    default: 0,
    description: "With cosine: learning rate that the run ends at (SwAV: a thousandth of lr).",
  },
  warmupEpochs: {
    type: "number",
    minimum: 0,
    default: 0,
    description: "Epochs over which the rate rises in a line at the start.",
  },
  warmupFrom: {
    ...nullable({ type: "number", minimum: 0 }),
    description:
      "Learning rate of the first step of the warm-up (SwAV: 0.3); null: lr divided by the steps of the warm-up.",
  },
  milestones: {
    type: "array",
    items: { type: "number", minimum: 0, maximum: 1 },
    default: [0.6, 0.8],
    description:
      "With steps: shares of the run after which the rate is multiplied by factor (MoCo v1: epochs 120 and 160 of 200).",
  },
  factor: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.1,
    description: "With steps: what the rate is multiplied by at each milestone (MoCo v1).",
  },
  clipNorm: {
    ...nullable({ type: "number", exclusiveMinimum: 0 }),
    description: "Gradients longer than this, taken as one vector, are scaled down to it; null: never.",
  },
};
