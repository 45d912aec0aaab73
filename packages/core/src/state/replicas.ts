import { type StepReplicas, stepReplicas } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { ownRows } from "./own-rows.ts";

/**
 * The processes or devices that train one model together, each on its own share of every batch.
 *
 * A plugin that compares images with each other says here what it needs of the others' images, so that it
 * computes the same on one replica and on many. Gradients are averaged over replicas by the trainer; batch
 * norm takes the statistics of all of them. A step is recorded once for all replicas: none has a number in
 * JavaScript, and where a replica's rows are is told by tensors.
 */
export type Replicas = StepReplicas;

/** A replica on its own: what it gathers is what it has. */
export const worldOfOne: Replicas = {
  size: 1,
  gather: (rows) => rows,
  ownRows: (count) => ownRows(count, 0),
  own: (rows) => rows,
  mean: (x) => x,
};

/** The replicas of a run. */
export const replicasOf = ({ replicas }: { readonly replicas: number }): Replicas =>
  replicas === 1 ? worldOfOne : stepReplicas(replicas);

/** Where the rows of a replica are, whose number is known: a part of `Replicas`. */
export const rowsOfReplica = (rank: number, size: number): Pick<Replicas, "size" | "ownRows" | "own"> => ({
  size,
  ownRows: (count) => ownRows(count, rank),
  own: <T extends tf.Tensor>(rows: T): T => {
    const count = rows.shape[0] / size;
    return tf.slice(rows, rank * count, count);
  },
});
