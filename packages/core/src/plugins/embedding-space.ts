import type * as tf from "@tensorflow/tfjs";

import { definePublication } from "./publication.ts";

/** The embedding of one view, what it is compared with, and what its method makes of the comparison. */
export interface Query {
  /** `[B, D]` with rows of length 1, with gradient. */
  readonly embedding: tf.Tensor2D;
  /** `[B]` int32: the candidate that is the positive of each image. */
  readonly positives: tf.Tensor1D;
  /**
   * `[B]` int32: the candidate made of this same view, which the query is not compared with; absent: none is.
   */
  readonly sameView?: tf.Tensor1D;
  /**
   * The method's loss of another query `[B, D]`, rows of length 1, of the same images in this one's place:
   * with the same positives and the same candidates. A scalar on the scale of the method's own term; the
   * gradient flows into the query alone.
   */
  lossOf(query: tf.Tensor2D): tf.Scalar;
}

/**
 * The meeting point of methods and of terms added to them: how this step's views are embedded, and what they
 * are compared with.
 *
 * MoCo publishes its keys and queue as candidates, SimCLR the batch, BYOL the momentum encoder's projections,
 * SwAV its prototypes. A term that needs no more than this (CLSA's DDM, a relation loss, a nearest-neighbour
 * loss) works with every method that publishes it.
 */
export interface EmbeddingSpace {
  /** What a candidate stands for: one image, or a group of images (a prototype, a centroid). */
  readonly kind: "instances" | "prototypes";
  /** This step's queries by the name of their view. */
  readonly queries: Readonly<Record<string, Query>>;
  /**
   * Embeds another view of the same images as a query is embedded: `[B, h, w, 3]` to `[B, D]`, rows of length
   * 1, with gradient.
   */
  embedQuery(view: tf.Tensor4D): tf.Tensor2D;
  /**
   * The rows that queries are compared with, those of all replicas: `[M, D]` of length 1, without gradient.
   */
  readonly candidates: tf.Tensor2D;
}

/** The publication of a method's `EmbeddingSpace`. */
export const embeddingSpace = definePublication<EmbeddingSpace>("embeddingSpace");
