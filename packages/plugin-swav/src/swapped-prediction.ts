import { invalidOption, shapeMismatch, softmaxCrossEntropy, withoutGradient } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

export interface SwappedPredictionInput {
  /**
   * Of each crop `[B, K]` float32: cosines of its embeddings and the prototypes; the gradient flows here. Two
   * or more.
   */
  readonly scores: readonly tf.Tensor2D[];
  /**
   * `[B, K]` float32, rows that sum to 1, without gradient: the codes of the first crops, in the same order.
   */
  readonly codes: readonly tf.Tensor2D[];
  /** T > 0, unitless. SwAV uses 0.1. */
  readonly temperature: number;
}

export interface SwappedPredictionResult {
  /** In nats: log K where predictions are uniform, as when training has collapsed. */
  readonly loss: tf.Scalar;
  /** Share of predictions whose nearest prototype is the first in the code, 0 .. 1, without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * SwAV's loss: the code of a crop is predicted from every other crop of the image.
 *
 *     loss = mean over codes i, crops v != i and images of  - sum_k q_ik log softmax(s_v / T)_k
 *
 * Codes count as constants, as `sinkhorn` gives them.
 *
 * Reference: Caron et al. 2020, https://arxiv.org/abs/2006.09882, eq. 1, 2 and 6; facebookresearch/swav,
 * main_swav.py, which takes the logarithm of the softmax, -inf once a probability underflows.
 *
 * @throws {TsslError} SHAPE_MISMATCH if B or K disagree; INVALID_OPTION if there are more codes than crops,
 * none, or fewer than two crops, or if the temperature is not > 0.
 *
 * Memory: frees its intermediates; the caller owns both results.
 *
 * @example
 * ```ts
 * const scores = [tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 0]])];
 * swappedPrediction({ scores, codes: [tf.tensor2d([[1, 0]])], temperature: 1 }).loss; // => 0.6931
 * ```
 */
export function swappedPrediction({
  scores,
  codes,
  temperature,
}: SwappedPredictionInput): SwappedPredictionResult {
  checkInput(scores, codes, temperature);
  return tf.tidy(() => {
    const predictions = scores.map((each) => tf.div<tf.Tensor2D>(each, temperature));
    const pairs = codes.flatMap((code, i) =>
      predictions.filter((_, v) => v !== i).map((prediction) => ({ prediction, code })),
    );
    const losses = pairs.map(({ prediction, code }) => tf.mean(softmaxCrossEntropy(prediction, code)));
    return {
      loss: tf.mean<tf.Scalar>(tf.stack(losses)),
      accuracy: withoutGradient<tf.Scalar>(() => tf.mean(tf.stack(pairs.map(agreement)))),
    };
  });
}

const agreement = ({ prediction, code }: { prediction: tf.Tensor2D; code: tf.Tensor2D }): tf.Tensor =>
  tf.mean(tf.cast(tf.equal(tf.argMax(prediction, 1), tf.argMax(code, 1)), "float32"));

function checkInput(
  scores: readonly tf.Tensor2D[],
  codes: readonly tf.Tensor2D[],
  temperature: number,
): void {
  if (scores.length < 2) throw invalidOption("the number of scores", ">= 2, one of each crop", scores.length);
  if (codes.length < 1 || codes.length > scores.length) {
    throw invalidOption("the number of codes", `in 1 .. ${scores.length}, the number of crops`, codes.length);
  }
  const [b, k] = scores[0]!.shape;
  const rows = [
    ...scores.map((each, i) => [`scores[${i}]`, each] as const),
    ...codes.map((each, i) => [`codes[${i}]`, each] as const),
  ];
  for (const [name, { shape }] of rows) {
    if (shape[0] !== b || shape[1] !== k) {
      throw shapeMismatch("swappedPrediction", name, `[${b}, ${k}] (same as scores[0])`, shape);
    }
  }
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);
}
