import type { DecodeMode } from "@tssl/augment-zoo";
import type { EngineMode } from "@tssl/engine";
import type { JSONSchemaType } from "ajv";

/** What every optimizer takes besides its own options. */
export interface LearningSettings {
  /** The learning rate after the warm-up. Never scaled by the batch size behind your back. */
  readonly lr: number;
  readonly schedule: "cosine" | "constant" | "steps";
  readonly warmupEpochs: number;
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
    readonly mean: [number, number, number];
    readonly deviation: [number, number, number];
  };
  readonly evaluation: {
    readonly everyEpochs: number;
    readonly batchSize: number;
    readonly k: number;
    readonly temperature: number;
  };
  /** When a checkpoint is saved, besides at the end and after the best evaluation so far. */
  readonly checkpoint: {
    readonly everySteps: number | null;
    readonly everyMinutes: number | null;
    /** The newest that are kept; the best is kept besides. */
    readonly keep: number;
  };
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
const section = (properties: Record<string, object>, required: readonly string[] = []) => ({
  type: "object",
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
    name: { type: "string", minLength: 1, default: "run" },
    seed: { type: "integer", minimum: 0, maximum: 2 ** 32 - 1, default: 0 },
    epochs: { type: "integer", minimum: 1 },
    batchSize: { type: "integer", minimum: 2 },
    accumulate: { type: "integer", minimum: 1, default: 1 },
    imageSize: { type: "integer", minimum: 8, default: 224 },
    data: section(
      {
        train: { type: "string", minLength: 1 },
        test: nullable({ type: "string", minLength: 1 }),
        workers: nullable({ type: "integer", minimum: 1 }),
        cacheMegabytes: { type: "number", minimum: 0, default: 512 },
        decode: { type: "string", enum: ["exact", "fast"], default: "exact" },
        maxCorruptShare: { type: "number", minimum: 0, exclusiveMaximum: 1, default: 0.01 },
        mean: channel([0.485, 0.456, 0.406], {}),
        deviation: channel([0.229, 0.224, 0.225], { exclusiveMinimum: 0 }),
      },
      ["train"],
    ),
    evaluation: section({
      everyEpochs: { type: "integer", minimum: 1, default: 10 },
      batchSize: { type: "integer", minimum: 1, default: 250 },
      k: { type: "integer", minimum: 1, default: 200 },
      temperature: { type: "number", exclusiveMinimum: 0, default: 0.1 },
    }),
    checkpoint: section({
      everySteps: nullable({ type: "integer", minimum: 1 }),
      everyMinutes: nullable({ type: "number", exclusiveMinimum: 0 }, 10),
      keep: { type: "integer", minimum: 1, default: 2 },
    }),
    engine: section({
      device: { type: "string", enum: ["auto", "cpu", "gpu"], default: "auto" },
      threads: nullable({ type: "integer", minimum: 1 }),
      gpuMemoryGrowth: { type: "boolean", default: true },
      mode: { type: "string", enum: ["auto", "eager", "graph", "xla"], default: "auto" },
      precision: { type: "string", enum: ["float32", "tf32", "bfloat16"], default: "float32" },
    }),
  },
} as unknown as JSONSchemaType<RunSettings>;

/** Joined with the chosen optimizer's own properties, so that both stand in one section of the config. */
export const learningProperties = {
  lr: { type: "number", exclusiveMinimum: 0 },
  schedule: { type: "string", enum: ["cosine", "constant", "steps"], default: "cosine" },
  warmupEpochs: { type: "number", minimum: 0, default: 0 },
  milestones: { type: "array", items: { type: "number", minimum: 0, maximum: 1 }, default: [0.6, 0.8] },
  factor: { type: "number", exclusiveMinimum: 0, maximum: 1, default: 0.1 },
  clipNorm: nullable({ type: "number", exclusiveMinimum: 0 }),
};
