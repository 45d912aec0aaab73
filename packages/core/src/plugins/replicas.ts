import type * as tf from "@tensorflow/tfjs";

/**
 * The processes or devices that train one model together, each on its own share of every batch.
 *
 * A plugin that compares images with each other says here what it needs of the others' images, so that it
 * computes the same on one replica and on many. Gradients are averaged over replicas by the trainer.
 */
export interface Replicas {
  /** How many there are, from 1. */
  readonly size: number;
  /** The number of this one, 0 .. size - 1. */
  readonly rank: number;
  /**
   * The rows of all replicas in the order of their ranks: `[B, …]` to `[size * B, …]`; this replica's rows
   * begin at `rank * B`. The gradient of a gathered row flows back to the replica that it came from.
   */
  gather<T extends tf.Tensor>(rows: T): T;
  /** The mean of a tensor over replicas, element by element. */
  mean<T extends tf.Tensor>(x: T): T;
}

/** A replica on its own: what it gathers is what it has. */
export const worldOfOne: Replicas = { size: 1, rank: 0, gather: (rows) => rows, mean: (x) => x };
