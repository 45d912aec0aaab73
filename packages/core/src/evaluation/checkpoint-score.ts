import * as tf from "@tensorflow/tfjs";

import { splitOff } from "./class-subset.ts";
import type { Features } from "./extract-features.ts";
import { rowsOf } from "../state/rows-of.ts";
import { sampleFeatures } from "./feature-sample.ts";
import { knn, type KnnOptions, neighboursAmong } from "./knn.ts";

/** What the best checkpoint is best in; see `checkpoint.best` of the config. */
export type BestBy = "knn" | "held-out" | "rank";

/** What makes a checkpoint the best, and how good it is. */
export interface CheckpointScore {
  readonly by: BestBy;
  /** Higher is better: an accuracy, 0 .. 1, or an effective rank. */
  readonly value: number;
}

/** Share of the labelled images that are held out. */
const HELD_OUT = 0.1;

/**
 * The kNN accuracy on a tenth of labelled images, held out class by class, among the others: a score that
 * looks at no test image. The same images are held out each time.
 *
 * @returns undefined where no class has two images.
 */
export async function heldOutAccuracy(
  features: Features,
  labels: Int32Array,
  classes: number,
  { k, temperature, seed }: Omit<KnnOptions, "k"> & { readonly k: number | null; readonly seed: number },
): Promise<number | undefined> {
  const all = Int32Array.from(labels, (_, row) => row);
  const { kept, heldOut } = splitOff(labels, all, HELD_OUT, { seed, purpose: "best checkpoint" });
  if (heldOut.length === 0) return undefined;
  const some = (rows: Int32Array) => ({
    features: { values: rowsOf(features.values, features.dim, rows), count: rows.length, dim: features.dim },
    labels: rows.map((row) => labels[row]!),
  });
  const [train, test] = [some(kept), some(heldOut)];
  const { accuracy } = await knn(
    {
      ...{ train: train.features, trainLabels: train.labels },
      ...{ test: test.features, testLabels: test.labels, classes },
    },
    { k: neighboursAmong(kept.length, k), temperature },
  );
  return accuracy;
}

/**
 * In how many directions features vary, 1 to their length, or fewer for few images: the participation ratio
 * of their covariance, `tr(C)^2 / tr(C^2)`. It needs no labels.
 *
 * A rank of features as a measure without labels: RankMe, Garrido et al. 2023,
 * https://arxiv.org/abs/2210.02885, which takes the entropy of singular values instead.
 *
 * @example
 * ```ts
 * const square = { values: Float32Array.of(1, 0, -1, 0, 0, 1, 0, -1), count: 4, dim: 2 };
 * await effectiveRank(square); // => 2
 * ```
 */
export async function effectiveRank(features: Features): Promise<number> {
  const { values, count, dim } = sampleFeatures(features);
  const rank = tf.tidy(() => {
    const rows = tf.tensor2d(values, [count, dim]);
    const centred = tf.sub<tf.Tensor2D>(rows, tf.mean(rows, 0));
    const covariance = tf.matMul(centred, centred, true); // [dim, dim], but for the number of rows
    return tf.div(tf.square(tf.sum(tf.square(centred))), tf.sum(tf.square(covariance)));
  });
  try {
    return (await rank.data())[0]!;
  } finally {
    rank.dispose();
  }
}
