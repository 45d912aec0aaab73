import { dense, type Mode, type Replicas, type Scope } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

import { contextNetwork } from "./context-network.ts";
import { patchPrediction, type PatchPredictionResult } from "./patch-prediction.ts";

export interface RowPredictorOptions {
  /** Length of a patch's encoding, D. */
  readonly features: number;
  readonly dim: number;
  readonly contextWidth: number;
  readonly contextBlocks: number;
  /** Rows ahead of a context that are predicted. */
  readonly ahead: readonly number[];
  /** Factor of predictions. */
  readonly predictionScale: number;
}

/**
 * @param encodings `[B, H, W, D]`. @param targets `[B, H, W, dim]`: the same patches, as they are recognized.
 * @returns the sum of the losses of all rows ahead, and the mean of their accuracies.
 */
export type RowPredictor = (
  encodings: tf.Tensor4D,
  targets: tf.Tensor4D,
  replicas: Pick<Replicas, "ownRows" | "gather">,
) => PatchPredictionResult;

/** There is no batch norm in it, so the mode makes no difference. */
const MODE: Mode = { training: true, batchNormGroups: 1 };

/**
 * Predicts patches of rows below by those above: a context network, and a linear layer W_k for each k rows
 * ahead, `prediction = scale * (W_k context + b_k)`.
 *
 * @param scope where they get their parameters: "context.0.conv1.weight", "ahead.3.weight".
 */
export function rowPredictor(scope: Scope, options: RowPredictorOptions): RowPredictor {
  const { features, dim, contextWidth: width, contextBlocks: blocks, predictionScale } = options;
  const contextOf = contextNetwork(scope.child("context"), { features, width, blocks });
  const layers = options.ahead.map((ahead) => ({
    ahead,
    predict: dense(scope.child("ahead"), String(ahead), { from: features, to: dim }),
  }));
  return (encodings, targets, replicas) => {
    const context = contextOf(encodings);
    const [b, h, w] = targets.shape;
    const candidates = replicas.gather(tf.reshape<tf.Rank.R2>(targets, [b * h * w, dim]));
    const results = layers.map(({ ahead, predict }) => {
      const rows = h - ahead;
      const seen = tf.slice4d(context, [0, 0, 0, 0], [-1, rows, -1, -1]);
      const predicted = predict(tf.reshape(seen, [b * rows * w, features]), MODE);
      const predictions = tf.reshape<tf.Rank.R4>(tf.mul(predicted, predictionScale), [b, rows, w, dim]);
      return patchPrediction({ predictions, targets, candidates, ahead, replicas });
    });
    return {
      // A reduction has one order; that of AddN depends on which of its inputs' buffers are free.
      loss: tf.sum<tf.Scalar>(tf.stack(results.map(({ loss }) => loss))),
      accuracy: meanOf(results.map(({ accuracy }) => accuracy)),
    };
  };
}

export const meanOf = (scalars: readonly tf.Scalar[]): tf.Scalar =>
  tf.mean<tf.Scalar>(tf.stack([...scalars]));
