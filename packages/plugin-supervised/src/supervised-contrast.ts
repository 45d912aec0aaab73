import {
  invalidOption,
  type Replicas,
  shapeMismatch,
  softmaxCrossEntropy,
  withoutGradient,
} from "@tssl/core";
import { candidateLogits, leavingOut, worldOfOne } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface SupervisedContrastInput {
  /** `[N, D]` float32, rows of length 1: embeddings of one view of N images; the gradient flows here. */
  readonly first: tf.Tensor2D;
  /** `[N, D]` float32, rows of length 1: embeddings of another view of the same images, in the same order. */
  readonly second: tf.Tensor2D;
  /**
   * `[N]` int32: the class of each image, or -1 where it is not known: such an image is a class of its own.
   */
  readonly labels: tf.Tensor1D;
  /** T > 0, unitless. The paper: 0.1. */
  readonly temperature: number;
  /** Whose rows are candidates too. Default: this replica's alone. */
  readonly replicas?: Pick<Replicas, "ownRows" | "gather">;
}

export interface SupervisedContrastResult {
  /** Mean over the 2N rows, in nats; log(candidates - 1) where all rows coincide. */
  readonly loss: tf.Scalar;
  /** Share of the rows whose nearest candidate is of their own class, 0 .. 1, without gradient. */
  readonly accuracy: tf.Scalar;
}

/**
 * The supervised contrastive loss: each of the 2N rows z is drawn to all other rows of its class, P(i).
 *
 *     loss = - mean_i 1 / |P(i)| sum_{p in P(i)} log( exp(z_i . z_p / T) / sum_{a != i} exp(z_i . z_a / T) )
 *
 * P(i) has the other view of the same image, whatever the labels. Without two images of one class the loss is
 * SimCLR's.
 *
 * Reference: Khosla et al. 2020, https://arxiv.org/abs/2004.11362, eq. 2 (the sum outside of the logarithm);
 * HobbitLong/SupContrast, losses.py, which multiplies it with T / 0.07.
 *
 * @throws {TsslError} SHAPE_MISMATCH if N or D disagree; INVALID_OPTION if the temperature is not > 0.
 *
 * Memory: `[2N, M]` numbers, four times over; frees its intermediates. The caller owns both results.
 *
 * @example
 * ```ts
 * // Three other rows: two of the row's class with cosine 0 and 1, one with cosine 0 of another class.
 * const z = tf.tensor2d([[1, 0], [0, 1]]);
 * const labels = tf.tensor1d([4, 4], "int32");
 * supervisedContrast({ first: z, second: z, labels, temperature: 1 }).loss; // => 1.2181
 * ```
 */
export function supervisedContrast({
  first,
  second,
  labels,
  temperature,
  replicas = worldOfOne,
}: SupervisedContrastInput): SupervisedContrastResult {
  const [n, d] = first.shape;
  if (second.shape[0] !== n || second.shape[1] !== d) {
    throw shapeMismatch("supervisedContrast", "second", `[${n}, ${d}] (same as first)`, second.shape);
  }
  if (labels.shape[0] !== n) {
    throw shapeMismatch("supervisedContrast", "labels", `[${n}] (N of first)`, labels.shape);
  }
  if (!(temperature > 0)) throw invalidOption("temperature", "> 0", temperature);

  return tf.tidy(() => {
    const queries = tf.concat2d([first, second], 0); // [2N, D]
    const candidates = replicas.gather(queries); // [M, D]
    const { excluded, targets } = classmates(labels, replicas);
    const logits = candidateLogits({ queries, candidates, temperature, excluded });
    const nearest = tf.oneHot(tf.argMax(logits, 1), candidates.shape[0], 1, 0, "float32");
    const ofClass = tf.cast(tf.greater(tf.sum(tf.mul(nearest, targets), 1), 0), "float32");
    return {
      loss: tf.mean<tf.Scalar>(softmaxCrossEntropy(logits, targets)),
      accuracy: withoutGradient(() => tf.mean<tf.Scalar>(ofClass)),
    };
  });
}

/** What each row of both views is compared with. */
export interface Classmates {
  /** `[2N, M]`: 1 at the row itself. */
  readonly excluded: tf.Tensor2D;
  /** `[2N, M]`: 1 / |P(i)| at the other rows of its class. */
  readonly targets: tf.Tensor2D;
  /** `[2N]` int32: the candidate that is the row itself. */
  readonly itself: tf.Tensor1D;
}

/**
 * @param labels `[N]` int32, -1 where unknown.
 * @returns what the caller owns.
 */
export function classmates(
  labels: tf.Tensor1D,
  { gather, ownRows }: Pick<Replicas, "ownRows" | "gather">,
): Classmates {
  return tf.tidy(() => {
    const n = labels.shape[0];
    const ofBoth = tf.concat1d([labels, labels]); // [2N]
    const ofAll = gather(ofBoth); // [M]
    const count = ofAll.shape[0];
    const itself = ownRows(2 * n);
    const excluded = leavingOut(itself, count);
    const [one, two] = tf.split(excluded, 2) as [tf.Tensor2D, tf.Tensor2D];
    const otherView = tf.concat2d([two, one], 0);

    const [rows, columns] = [tf.expandDims(ofBoth, 1), tf.expandDims(ofAll, 0)];
    const same = tf.logicalAnd(tf.equal(rows, columns), tf.greaterEqual(columns, 0));
    const others = tf.mul(tf.cast(same, "float32"), tf.sub(1, excluded));
    const positives = tf.maximum(others, otherView);
    return { excluded, targets: tf.div<tf.Tensor2D>(positives, tf.sum(positives, 1, true)), itself };
  });
}
