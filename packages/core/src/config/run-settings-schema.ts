import type { JSONSchemaType } from "ajv";

import { FILE_NAME } from "../text/file-name.ts";
import { nullable } from "./nullable.ts";
import type { RunSettings } from "./run-settings.ts";

/** Images of a batch, threads, and whatever else is counted: more of them is a slip of the pen. */
const MOST_IMAGES = 2 ** 20;
const MOST_THREADS = 1024;
const MOST_REPLICAS = 64;
const MOST_CHANNELS = 16;
const MOST = 1_000_000_000;

const perChannel = (value: readonly number[], rest: object) => ({
  type: "array",
  items: { type: "number", ...rest },
  minItems: 1,
  maxItems: MOST_CHANNELS,
  default: value,
});

/** The schema of a section. One without required options may be left out. */
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
      maxLength: 200,
      pattern: FILE_NAME,
      default: "run",
      description: "Name of the run, in its report and in the name of its folder.",
    },
    seed: {
      type: "integer",
      minimum: 0,
      maximum: 2 ** 32 - 1,
      default: 0,
      description: "Seed of all random numbers of the run: initial weights, order of the images, views.",
    },
    epochs: {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      description: "Passes over the training images.",
    },
    batchSize: {
      type: "integer",
      minimum: 2,
      maximum: MOST_IMAGES,
      description:
        "Images of one optimizer step. Nothing is scaled with it, learning rates are used as they are set. " +
        "Images that do not fill a batch at the end of an epoch are left out of it, others each time.",
    },
    accumulate: {
      type: "integer",
      minimum: 1,
      maximum: MOST_IMAGES,
      default: 1,
      description:
        "Micro-batches that a batch is split into, for batches larger than memory; gradients are averaged.",
    },
    imageSize: {
      type: ["integer", "array"],
      minimum: 8,
      maximum: 4096,
      items: { type: "integer", minimum: 8, maximum: 4096 },
      minItems: 2,
      maxItems: 2,
      default: 224,
      description:
        "Pixels of the images that the encoder is trained and evaluated on: the side of a square, or " +
        "[height, width] (224: ImageNet).",
    },
    data: section(
      "The images, and how they are read.",
      {
        train: {
          type: "string",
          minLength: 1,
          description:
            "Images to train on: a folder of JPEG, PNG, WebP, GIF, TIFF or AVIF files at any depth, a .txt " +
            "list of files, or tar shards. The path is relative to the config file. Labels are not used.",
        },
        test: {
          ...nullable({ type: "string", minLength: 1 }),
          description:
            "Labelled images that kNN classifies, with the classes of data.train: the short form of " +
            "evaluation.test. Null: no evaluation, unless evaluation.test is set.",
        },
        workers: {
          ...nullable({ type: "integer", minimum: 1, maximum: MOST_THREADS }),
          description:
            "Threads that decode and augment; null: all cores but one. Results do not depend on it.",
        },
        cacheMegabytes: {
          type: "number",
          minimum: 0,
          maximum: 2 ** 30,
          default: 512,
          description: "Cache for decoded images, in MiB; used if all images are estimated to fit.",
        },
        decode: {
          type: "string",
          enum: ["exact", "fast"],
          default: "exact",
          description:
            "exact: the same pixels as Pillow; fast: JPEGs much larger than their views are decoded at a " +
            "smaller size, which changes pixels by at most 2 of 255 levels on average.",
        },
        range: {
          ...nullable({
            type: "array",
            items: { type: "number" },
            minItems: 2,
            maxItems: 2,
          }),
          description:
            "Levels that become the lowest and the highest number, such as [0, 4095] for 12 bits; others " +
            "are clipped. Null: the high byte of 16-bit images; with depth 32 the whole range of 8 or 16 " +
            "bits, and 0 to 1 of other numbers.",
        },
        channels: {
          type: "integer",
          minimum: 1,
          maximum: MOST_CHANNELS,
          default: 3,
          description:
            "Channels of an image: 3 for red, green and blue, 1 for grey, up to 16 bands of TIFF and .npy " +
            "files.",
        },
        depth: {
          ...nullable({ type: "integer", enum: [8, 32, null] }),
          description:
            "Bits of the numbers that views are made of. 8: bytes of grey or of red, green and blue; 32: " +
            "float32, for 16-bit and floating-point images. Null: 8 with 1 or 3 channels, 32 with others.",
        },
        withoutColour: {
          type: "boolean",
          default: false,
          description:
            "Whether saturation and hue of the colour jitter, and grayscale, are left out of every view: " +
            "they need red, green and blue. Brightness and contrast stay.",
        },
        maxCorruptShare: {
          type: "number",
          minimum: 0,
          exclusiveMaximum: 1,
          default: 0.01,
          description:
            "Largest share of unreadable images before the run stops; above 0 it allows at least one. " +
            "Other images take their place in training, and kNN does without them.",
        },
        shuffleBuffer: {
          ...nullable({ type: "integer", minimum: 1, maximum: MOST }),
          description:
            "Size of the shuffle buffer, in images. Tar shards are then read sequentially, in random " +
            "order, and images are drawn from the buffer: for disks with slow random access. Null: " +
            "shuffle over the whole set.",
        },
        mean: {
          ...perChannel([0.485, 0.456, 0.406], {}),
          description:
            "Mean that is subtracted from each channel, on the scale 0 to 1 (torchvision's ImageNet values " +
            "of red, green and blue).",
        },
        deviation: {
          ...perChannel([0.229, 0.224, 0.225], { exclusiveMinimum: 0 }),
          description:
            "Standard deviation that each channel is then divided by (torchvision's ImageNet values of " +
            "red, green and blue).",
        },
      },
      ["train"],
    ),
    evaluation: section("kNN classification during training, if there are labels.", {
      train: {
        ...nullable({ type: "string", minLength: 1 }),
        description:
          "Labelled images that kNN searches, where those of data.train have no labels or are not to be " +
          "searched; needs evaluation.test. Null: data.train.",
      },
      test: {
        ...nullable({ type: "string", minLength: 1 }),
        description:
          "Labelled images that kNN classifies; their classes are among those of the images that kNN " +
          "searches. Null: data.test.",
      },
      everyEpochs: {
        type: "integer",
        minimum: 1,
        maximum: MOST,
        default: 10,
        description: "Epochs between two evaluations, in addition to one before training and one at its end.",
      },
      batchSize: {
        type: "integer",
        minimum: 1,
        maximum: MOST_IMAGES,
        default: 250,
        description: "Images per forward pass; affects memory, not results.",
      },
      k: {
        ...nullable({ type: "integer", minimum: 1, maximum: MOST }),
        description:
          "Neighbours that vote. Null: 200 (Wu et al. 2018, arXiv:1805.01978), or all labelled images " +
          "where there are fewer.",
      },
      temperature: {
        type: "number",
        exclusiveMinimum: 0,
        default: 0.1,
        description:
          "A vote has the weight exp(similarity / temperature) (MoCo's CIFAR-10 demo; Wu et al. use 0.07).",
      },
    }),
    health: section("Measurements that show whether training goes well.", {
      everySteps: {
        type: "integer",
        minimum: 1,
        maximum: MOST,
        default: 200,
        description:
          "Steps between two measurements of each loss term's own gradient and of the cosines of a batch; " +
          "one measurement takes about as long as a step.",
      },
    }),
    checkpoint: section("When the state is saved, in addition to the end and the best evaluation.", {
      everySteps: {
        ...nullable({ type: "integer", minimum: 1, maximum: MOST }),
        description: "Steps between two checkpoints; null: none by steps.",
      },
      everyMinutes: {
        ...nullable({ type: "number", exclusiveMinimum: 0, maximum: MOST }, 10),
        description: "Minutes between two checkpoints; null: none by time.",
      },
      keep: {
        type: "integer",
        minimum: 1,
        maximum: MOST,
        default: 2,
        description: "Number of newest checkpoints to keep, in addition to the best one.",
      },
      best: {
        type: "string",
        enum: ["knn", "held-out", "rank"],
        default: "knn",
        description:
          "What the best checkpoint is best in. knn: kNN accuracy on the test images, so that it is no " +
          "unbiased result on them; held-out: kNN accuracy on a tenth of the labelled images that kNN " +
          "searches; rank: effective rank of features, without labels (after RankMe, arXiv:2210.02885).",
      },
    }),
    logging: section("Logs in addition to metrics.jsonl.", {
      tensorboard: {
        type: "boolean",
        default: false,
        description:
          "Whether metrics are also written as TensorBoard event files, to tensorboard/ in the run folder.",
      },
    }),
    engine: section("The device, and how steps are computed on it.", {
      device: {
        type: "string",
        enum: ["auto", "cpu", "gpu"],
        default: "auto",
        description: "auto: a GPU if the engine can use one, otherwise the CPU.",
      },
      threads: {
        ...nullable({ type: "integer", minimum: 1, maximum: MOST_THREADS }),
        description:
          "Threads of one op, and number of ops that run at once; null: TF_NUM_INTRAOP_THREADS, or one " +
          "per core.",
      },
      gpuMemoryGrowth: {
        type: "boolean",
        default: true,
        description: "Whether GPU memory is allocated as needed, instead of all of it at the start.",
      },
      backend: {
        type: "string",
        enum: ["auto", "tensorflow", "pjrt"],
        default: "auto",
        description:
          "What computes the steps. pjrt: the plugin of a GPU (PJRT) that the set-up fetched, or that " +
          "TSSL_PJRT_PLUGIN names; it has been run on CPUs alone. auto: pjrt on a GPU where the set-up " +
          "proved it and engine.mode is auto, else TensorFlow.",
      },
      mode: {
        type: "string",
        enum: ["auto", "eager", "graph", "xla"],
        default: "auto",
        description:
          "How TensorFlow runs a step; results are equal up to rounding. auto: graph on a CPU, xla on a GPU.",
      },
      precision: {
        type: "string",
        enum: ["float32", "tf32", "bfloat16"],
        default: "float32",
        description:
          "Number format of matrix products: tf32 on GPUs only; bfloat16 keeps weights in float32.",
      },
      replicas: {
        type: "integer",
        minimum: 1,
        maximum: MOST_REPLICAS,
        default: 1,
        description:
          "GPUs of this machine that train together, each on its share of every batch (backend pjrt). The " +
          "numbers are those of one GPU, up to rounding: batch norm takes the statistics of all of them.",
      },
    }),
  },
} as unknown as JSONSchemaType<RunSettings>;
