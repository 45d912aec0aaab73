import type { PixelFormat, ViewSize } from "@tssl/augment-zoo";

/** What is known of a run before any network exists; enough to choose views and check options. */
export interface RunFacts {
  /** Pixels of the images that the encoder sees: the side of a square, or `[height, width]`. */
  readonly imageSize: ViewSize;
  /** Channels of an image, and bits of the numbers that a view is made of. */
  readonly pixels: PixelFormat;
  /** Images per optimizer step. */
  readonly batchSize: number;
  /**
   * Images per forward pass of one replica: `batchSize` divided by the accumulated parts and by `replicas`.
   * Every pass has exactly as many.
   */
  readonly microBatchSize: number;
  /**
   * Images that all replicas take together in one forward pass, `microBatchSize * replicas`: as many rows a
   * plugin has where it gathers one for each image.
   */
  readonly imagesPerPass: number;
  /** Replicas that train together, each on its share of every batch; see `Replicas`. */
  readonly replicas: number;
  /** Images in the training set. */
  readonly datasetSize: number;
  /**
   * Classes of the training images, 0 where they have no labels. Absent where a run is looked at without its
   * images: an encoder is loaded from a checkpoint.
   */
  readonly classes?: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** Forward passes that one replica accumulates for an optimizer step. */
export const partsPerStep = ({
  batchSize,
  imagesPerPass,
}: Pick<RunFacts, "batchSize" | "imagesPerPass">): number => batchSize / imagesPerPass;
