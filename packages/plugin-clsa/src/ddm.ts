import { invalidOption, shapeMismatch, softmaxCrossEntropy, withoutGradient } from "@tssl/core";
import { candidateLogits } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface DdmInput {
  /** `[B, D]` float32, rows of length 1: queries of the weakly augmented views, the teacher. */
  readonly weak: tf.Tensor2D;
  /**
   * `[B, D]` float32, rows of length 1: queries of the strongly augmented views of the same images, the
   * student.
   */
  readonly strong: tf.Tensor2D;
  /** `[M, D]` float32, rows of length 1: the representation bank. */
  readonly candidates: tf.Tensor2D;
  /** T > 0, unitless, the same on both sides; the authors use 0.2. */
  readonly temperature: number;
  /** Whether the gradient stops at the teacher, as in the authors' code. */
  readonly detachTeacher: boolean;
  /** `[B, M]` float32, 1 where candidate j is left out for image i. */
  readonly excluded?: tf.Tensor2D | undefined;
}

/**
 * Distributional divergence minimization: the strong query learns the weak query's distribution over the
 * bank.
 *
 *     p(c | z) = exp(z . c / T) / sum_c' exp(z . c' / T)
 *     L_D      = - mean_i sum_c p(c | weak_i) log p(c | strong_i)
 *
 * It is a cross-entropy: its minimum is the entropy of the teacher, not 0, and its gradient is that of
 * KL(weak || strong).
 *
 * Reference: Wang & Qi 2021, "Contrastive Learning with Stronger Augmentations",
 * https://arxiv.org/abs/2104.07713, eq. 3 and 5. Differs from the authors' code in computing a log-softmax;
 * their log of a softmax is -inf once a probability underflows.
 *
 * @returns scalar in nats, 0 .. about 2 / T + log M; log M when all candidates coincide. The caller owns it.
 * @throws {TsslError} SHAPE_MISMATCH if B, D or M disagree; INVALID_OPTION if the temperature is not > 0.
 *
 * @example
 * ```ts
 * // log 2: both distributions are even over two candidates.
 * const z = tf.tensor2d([[1, 0]]);
 * const candidates = tf.tensor2d([[0, 1], [0, -1]]);
 * ddm({ weak: z, strong: z, candidates, temperature: 1, detachTeacher: true }); // => 0.6931
 * ```
 */
export function ddm({ weak, strong, candidates, temperature, detachTeacher, excluded }: DdmInput): tf.Scalar {
  const [b, d] = weak.shape;
  const m = candidates.shape[0];
  if (strong.shape[0] !== b || strong.shape[1] !== d) {
    throw shapeMismatch("ddm", "strong", `[${b}, ${d}] (same as weak)`, strong.shape);
  }
  if (candidates.shape[1] !== d)
    throw shapeMismatch("ddm", "candidates", `[M, ${d}] (D of weak)`, candidates.shape);
  if (excluded !== undefined && (excluded.shape[0] !== b || excluded.shape[1] !== m)) {
    throw shapeMismatch("ddm", "excluded", `[${b}, ${m}] (queries, candidates)`, excluded.shape);
  }
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);

  return tf.tidy(() => {
    // [B, M]
    const logits = (queries: tf.Tensor2D) => candidateLogits({ queries, candidates, temperature, excluded });
    const distribution = () => tf.softmax(logits(weak));
    const teacher = detachTeacher ? withoutGradient(distribution) : distribution();
    return tf.mean<tf.Scalar>(softmaxCrossEntropy(logits(strong), teacher));
  });
}
