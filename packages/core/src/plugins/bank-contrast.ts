import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { instanceSoftmax, type InstanceSoftmaxResult, sampledSoftmax } from "../losses/instance-softmax.ts";
import { l2Normalize } from "../losses/l2-normalize.ts";
import type { Bank } from "../state/bank.ts";
import type { Build } from "./build.ts";
import type { StepContext } from "./plugin.ts";

export interface BankContrastOptions {
  /** T > 0, unitless. */
  readonly temperature: number;
  /** Rows of the bank drawn for each image; null: the whole bank, each row once. */
  readonly negatives: number | null;
}

/** The candidates that a method with a bank publishes. */
export interface BankCandidates {
  /** `[M, dim]`, rows of length 1, without gradient. */
  readonly candidates: tf.Tensor2D;
  /** `[B]` int32: the candidate that stands for each query's image. */
  readonly positives: tf.Tensor1D;
}

/** What the queries of one step are compared with. */
export interface BankContrast extends BankCandidates {
  /** The loss for embeddings that say nothing: log of the rows that a query is compared with. */
  readonly chance: number;
  /** The softmax of the image's own row; other queries of the step are compared with the same rows. */
  of(queries: tf.Tensor2D): InstanceSoftmaxResult;
}

/**
 * Tells queries apart by a bank with one row for each image: by `instanceSoftmax` over all rows, or by
 * `sampledSoftmax` over the own row and others drawn for each image.
 *
 * @returns what a step's queries are compared with, to be asked once a step.
 */
export function bankContrast(
  build: Build,
  bank: Bank,
  { temperature, negatives }: BankContrastOptions,
): (context: StepContext) => BankContrast {
  if (negatives === null) {
    return ({ indices }) => ({
      candidates: engine.withoutGradient(() => l2Normalize(bank.all())),
      positives: indices,
      chance: Math.log(bank.size),
      of: (queries) => instanceSoftmax({ queries, bank: bank.all(), indices, temperature }),
    });
  }
  const sample = bankSample(build, bank, negatives);
  return (context) => {
    const { own, sampled, ...candidates } = sample(context);
    return {
      ...candidates,
      chance: Math.log(negatives + 1),
      of: (queries) => sampledSoftmax({ queries, own, sampled, temperature }),
    };
  };
}

/** Rows of a bank that are drawn for the images of a step. */
export interface BankSample extends BankCandidates {
  /** `[B, dim]`: the row of each image. */
  readonly own: tf.Tensor2D;
  /** `[B, K, dim]`: rows drawn for each image, its own perhaps among them. */
  readonly sampled: tf.Tensor3D;
}

/**
 * Draws K rows of a bank for each image, uniformly and with replacement.
 *
 * Candidates to publish are the rows of the batch's images on all replicas, and K more that are drawn for the
 * whole batch.
 */
export function bankSample(
  build: Build,
  bank: Bank,
  negatives: number,
): (context: StepContext) => BankSample {
  const drawn = build.random("negatives");
  const shared = build.random("candidates");
  return (context) => {
    const { indices, replicas } = context;
    const batch = indices.shape[0];
    // Drawn for the images of all replicas, so that each image has the rows that it has on one.
    const ids = replicas.own(
      drawn.integers<tf.Rank.R2>(context, [replicas.size * batch, negatives], bank.size),
    );
    const others = shared.integers<tf.Rank.R1>(context, [negatives], bank.size);
    const ofBatch = tf.concat1d([replicas.gather(indices), others]);
    return {
      own: bank.rows(indices),
      sampled: bank.rows(ids),
      candidates: engine.withoutGradient(() => l2Normalize(bank.rows(ofBatch))),
      positives: replicas.ownRows(batch),
    };
  };
}

/**
 * What a step leaves in a bank: the rows of its images, of all replicas, move towards their embeddings.
 *
 * @param embedding `[B, dim]`, rows of length 1.
 * @returns the write, for `after`.
 */
export function bankWrite(
  bank: Bank,
  embedding: tf.Tensor2D,
  { indices, replicas, keep }: StepContext,
): () => void {
  const seen = keep(engine.withoutGradient(() => tf.clone(replicas.gather(embedding))));
  const ids = keep(tf.clone(replicas.gather(indices)));
  return () => bank.write(ids, seen);
}
