import type { Random } from "@tssl/augment-zoo";
import type { HostTensor, HostValues } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import type { Network } from "../networks/network.ts";

/** Rows of a feature pass, one for each image of the training set. */
export interface EpochFeatures {
  /** Images in the training set, N. */
  readonly count: number;
  readonly dim: number;
  /** `[count, dim]` float32, row i of image i. Rows of images that cannot be decoded are 0. */
  readonly values: Float32Array;
}

/** What the host may do before an epoch; see `PluginRun.beforeEpoch`. */
export interface EpochContext {
  /** The epoch that begins, from 0. */
  readonly epoch: number;
  /** Optimizer steps taken so far. */
  readonly step: number;
  /** The key of the phase that begins or goes on. */
  readonly phase: string;
  /** Depends on the run's seed, the plugin and the step, and on nothing else. */
  readonly random: Random;
  /** Aborted where the user stops the run: end soon, by throwing; what was written is then dropped. */
  readonly signal: AbortSignal;
  /**
   * Embeds every training image, unaugmented (scaled and cropped at the centre), by running statistics:
   * `project(encode(images))` of a network that the plugin made, each row of length 1.
   */
  features(network: Network): Promise<EpochFeatures>;
  /** A copy of the value that a variable has now, or the rows of a bank (`bank.all()`). */
  read(variable: tf.Tensor): HostTensor;
  /**
   * Gives a variable of the plugin, or the rows of its bank (`bank.all()`), other values, of the same shape
   * and type, once the work of all plugins has ended.
   */
  write(variable: tf.Tensor, values: HostValues): void;
  /** Says how far the work is. @param share 0 .. 1. @param what e.g. "k-means, 3 of 20 iterations". */
  progress(share: number, what: string): void;
}
