import type * as tf from "@tensorflow/tfjs";

import { definePublication } from "./publication.ts";

/**
 * The meeting point of methods and of terms added to them: how this step's views are embedded, and what they are compared with.
 *
 * MoCo publishes its keys and queue as candidates. A term that needs no more than this (CLSA's DDM, a relation loss, a
 * nearest-neighbour loss) works with every method that publishes it.
 */
export interface EmbeddingSpace {
  /** This step's weak queries by the name of their view, `[B, D]` with rows of length 1, with gradient. */
  readonly queries: Readonly<Record<string, tf.Tensor2D>>;
  /** Embeds another view of the same images as a query is embedded: `[B, h, w, 3]` to `[B, D]`, rows of length 1, with gradient. */
  embedQuery(view: tf.Tensor4D): tf.Tensor2D;
  /** The rows that queries are compared with, `[M, D]` of length 1, without gradient. */
  readonly candidates: tf.Tensor2D;
  /** `[B]` int32: which candidate is the positive of each image. */
  readonly positives: tf.Tensor1D;
  /** `[B, M]` float32, 1 where image i must not be compared with candidate j (its own row, in SimCLR); absent: none. */
  readonly excluded?: tf.Tensor2D;
}

export const embeddingSpace = definePublication<EmbeddingSpace>("embeddingSpace");
