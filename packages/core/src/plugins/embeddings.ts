import type * as tf from "@tensorflow/tfjs";

import { definePublication } from "./publication.ts";

/**
 * The embeddings of a step's views, for methods that compare no query with candidates: Barlow Twins, VICReg,
 * SimSiam, DINO. Spread, effective rank, alignment and uniformity are measured on them, and so a collapse is
 * found. A method with candidates publishes its `EmbeddingSpace` instead, which says the same and more.
 *
 * `[B, D]` float32 for each of two or more views, by the view's name: row i of each is the image of row i of
 * the batch. Rows may have any length; their directions are looked at. They are those of this replica, as
 * they were before `replicas.gather`. No gradient is asked for, and none flows.
 */
export type Embeddings = Readonly<Record<string, tf.Tensor2D>>;

/** The publication of a method's `Embeddings`. */
export const embeddings = definePublication<Embeddings>("embeddings");
