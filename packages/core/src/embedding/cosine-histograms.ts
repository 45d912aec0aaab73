import * as tf from "@tensorflow/tfjs";

import { type ObservedQuery, observedRows, type ObservedSpace } from "./observed-rows.ts";

/** How many bins of equal width the cosines from -1 to 1 are counted in. */
export const COSINE_BINS = 40;

/** Counts by bin, from -1 on: `[COSINE_BINS]` float32. A cosine between two bins is in the upper one. */
export interface CosineHistograms {
  readonly positive: tf.Tensor1D;
  readonly negative: tf.Tensor1D;
}

/**
 * How often each cosine is met, summed over views, over the first N rows of each (`observedRows`):
 * `positive`, of a query with its own positive, N counts a view; `negative`, with the positives of the other
 * images, N (N - 1) counts.
 *
 * @returns tensors without gradient, which the caller owns.
 */
export function cosineHistograms({ queries, candidates }: ObservedSpace): CosineHistograms {
  return tf.tidy(() => {
    const views = Object.values(queries).map((query) => histograms(query, candidates));
    return {
      positive: tf.addN(views.map(({ positive }) => positive)),
      negative: tf.addN(views.map(({ negative }) => negative)),
    };
  });
}

function histograms(query: ObservedQuery, candidates: tf.Tensor2D): CosineHistograms {
  const { rows, positives } = observedRows(query, candidates);
  const n = rows.shape[0];
  const bins = binsOf(tf.matMul(rows, positives, false, true)); // [N, N]
  const own = tf.eye(n);
  const nowhere = tf.fill([n, n], COSINE_BINS); // one bin more, which is cut off
  return {
    positive: counts(tf.where(tf.cast(own, "bool"), bins, nowhere)),
    negative: counts(tf.where(tf.cast(own, "bool"), nowhere, bins)),
  };
}

const binsOf = (cosines: tf.Tensor): tf.Tensor =>
  tf.clipByValue(tf.floor(tf.mul(tf.add(cosines, 1), COSINE_BINS / 2)), 0, COSINE_BINS - 1);

function counts(bins: tf.Tensor): tf.Tensor1D {
  const places = tf.cast<tf.Tensor1D>(tf.reshape(bins, [-1]), "int32");
  return tf.bincount(places, tf.ones([places.size]), COSINE_BINS + 1).slice(0, COSINE_BINS);
}
