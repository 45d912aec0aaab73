import type { DecodeMode, Depth, ViewSize } from "@tssl/augment-zoo";
import type { EngineMode } from "@tssl/engine";

/** The options of every optimizer besides its own. */
export interface LearningSettings {
  /** Learning rate after the warm-up. It is never scaled by the batch size. */
  readonly lr: number;
  readonly schedule: "cosine" | "constant" | "steps";
  /** With "cosine": the rate that the run ends at. */
  readonly finalLr: number;
  readonly warmupEpochs: number;
  /** The learning rate of the warm-up's first step; null: `lr` divided by the steps of the warm-up. */
  readonly warmupFrom: number | null;
  /**
   * With schedule "steps": shares of the whole run, warm-up included, 0 to 1, after each of which the rate is
   * multiplied by `factor`.
   */
  readonly milestones: number[];
  readonly factor: number;
  /**
   * Largest norm of the gradient of all parameters together; a longer one is scaled down to it. Null: no
   * limit.
   */
  readonly clipNorm: number | null;
}

/**
 * All options of a run except those of its encoder, plugins and optimizer, which have schemas of their own.
 */
export interface RunSettings {
  readonly name: string;
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly accumulate: number;
  /** The side of a square, or `[height, width]`. */
  readonly imageSize: ViewSize;
  readonly data: {
    readonly train: string;
    readonly test: string | null;
    readonly workers: number | null;
    readonly cacheMegabytes: number;
    readonly decode: DecodeMode;
    /** Bands of each image. */
    readonly channels: number;
    /** Bits of the numbers that views are made of. Null: as `pixelFormat` has it. */
    readonly depth: Depth | null;
    /** Levels that become the lowest and the highest number. Null: as `ImageDecoding` has it. */
    readonly range: [number, number] | null;
    /** Whether what needs red, green and blue is left out of every view. */
    readonly withoutColour: boolean;
    readonly maxCorruptShare: number;
    /** Images in the shuffle buffer when shards are read sequentially. Null: shuffle over the whole set. */
    readonly shuffleBuffer: number | null;
    /** A number for each channel. */
    readonly mean: number[];
    readonly deviation: number[];
  };
  readonly evaluation: {
    /** Labelled images that kNN searches. Null: those of `data.train`. See `evaluationSources`. */
    readonly train: string | null;
    /** Labelled images that kNN classifies. Null: those of `data.test`. */
    readonly test: string | null;
    readonly everyEpochs: number;
    readonly batchSize: number;
    /** Neighbours that vote. Null: 200, or all labelled images where there are fewer. */
    readonly k: number | null;
    readonly temperature: number;
  };
  /** Steps between two measurements of each loss term's own gradient and of the cosines of a batch. */
  readonly health: { readonly everySteps: number };
  /** When checkpoints are saved, in addition to those at the end and after the best evaluation so far. */
  readonly checkpoint: {
    readonly everySteps: number | null;
    readonly everyMinutes: number | null;
    /** Number of newest checkpoints to keep, in addition to the best one. */
    readonly keep: number;
    /** What the best one is best in. */
    readonly best: "knn" | "held-out" | "rank";
  };
  readonly logging: { readonly tensorboard: boolean };
  readonly engine: {
    readonly device: "auto" | "cpu" | "gpu";
    readonly threads: number | null;
    readonly gpuMemoryGrowth: boolean;
    /** What computes the steps. */
    readonly backend: "auto" | "tensorflow" | "pjrt";
    readonly mode: "auto" | Exclude<EngineMode, "pjrt">;
    readonly precision: "float32" | "tf32" | "bfloat16";
    /** GPUs that train together. */
    readonly replicas: number;
  };
}
