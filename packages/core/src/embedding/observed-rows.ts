import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import type { Query } from "../plugins/embedding-space.ts";

export type ObservedQuery = Pick<Query, "embedding" | "positives">;

/** The part of an `EmbeddingSpace` that is looked at. */
export interface ObservedSpace {
  readonly queries: Readonly<Record<string, ObservedQuery>>;
  readonly candidates: tf.Tensor2D;
}

/**
 * More rows of a view than these are not looked at, so that the cost stays small beside the encoder's: a
 * product of 256 rows with 256 is 17 MFLOP at 128 dimensions.
 */
export const MOST_ROWS = 256;

/**
 * The first N = min(B, 256) rows of a query and the positive of each, both `[N, D]` without gradient; the
 * caller owns them.
 */
export function observedRows(
  { embedding, positives }: ObservedQuery,
  candidates: tf.Tensor2D,
): { readonly rows: tf.Tensor2D; readonly positives: tf.Tensor2D } {
  const n = Math.min(embedding.shape[0], MOST_ROWS);
  // A plugin whose positives are no candidates is told so by its own loss or by `testPlugin`, not by what
  // only looks on.
  const places = () => tf.clipByValue(positives.slice(0, n), 0, candidates.shape[0] - 1).toInt();
  return {
    rows: engine.withoutGradient(() => embedding.slice([0, 0], [n, -1])),
    positives: engine.withoutGradient(() => tf.gather(candidates, places())),
  };
}
