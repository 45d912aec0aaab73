import * as tf from "@tensorflow/tfjs";

/** Added to the logits of candidates that are left out: their probability is then 0 in float32. */
const LEFT_OUT = -1e9;

export interface CandidateLogitsInput {
  /** `[B, D]` float32, rows of length 1. */
  readonly queries: tf.Tensor2D;
  /** `[M, D]` float32, rows of length 1. */
  readonly candidates: tf.Tensor2D;
  /** T > 0, unitless. */
  readonly temperature: number;
  /** `[B, M]` float32, 1 where query i leaves candidate j out. */
  readonly excluded?: tf.Tensor2D | undefined;
}

/**
 * How near each query is to each candidate: `q_i . c_j / T`, and -1e9 less where candidate j is left out.
 *
 * @returns `[B, M]`, -1 / T .. 1 / T where not left out; the caller owns it.
 *
 * @example
 * ```ts
 * const queries = tf.tensor2d([[0.6, 0.8]]);
 * const candidates = tf.tensor2d([[1, 0], [0, 1]]);
 * candidateLogits({ queries, candidates, temperature: 0.5 }); // => [[1.2, 1.6]]
 * ```
 */
export function candidateLogits({
  queries,
  candidates,
  temperature,
  excluded,
}: CandidateLogitsInput): tf.Tensor2D {
  return tf.tidy(() => {
    const logits = tf.div<tf.Tensor2D>(tf.matMul(queries, candidates, false, true), temperature);
    return excluded === undefined ? logits : tf.add(logits, tf.mul(excluded, LEFT_OUT));
  });
}

/**
 * The mask by which each query leaves one candidate out: itself, where it is among them.
 *
 * @param itself `[B]` int32: which candidate it is. @param count M, of the candidates.
 * @returns `[B, M]`, 1 where candidate j is left out; the caller owns it.
 *
 * @example
 * ```ts
 * leavingOut(tf.tensor1d([2, 0], "int32"), 3); // => [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export const leavingOut = (itself: tf.Tensor1D, count: number): tf.Tensor2D =>
  tf.oneHot(itself, count, 1, 0, "float32") as tf.Tensor2D;
