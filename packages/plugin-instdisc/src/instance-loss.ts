import { type Bank, type Build, l2Normalize, type StepContext, withoutGradient } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

import { instanceSoftmax, sampledSoftmax } from "./instance-softmax.ts";
import { nce, nceChance } from "./nce.ts";
import type { InstdiscOptions } from "./options.ts";

/** The loss of one step: what its queries are compared with, and how. */
export interface StepLoss {
  /** `[M, dim]`, rows of length 1 without gradient. */
  readonly candidates: tf.Tensor2D;
  /** `[B]` int32: the candidate that stands for each query's image. */
  readonly positives: tf.Tensor1D;
  /** The loss for embeddings that say nothing. */
  readonly chance: number;
  of(queries: tf.Tensor2D): InstanceLossResult;
}

export interface InstanceLossResult {
  readonly loss: tf.Scalar;
  readonly accuracy: tf.Scalar;
  /** What the loss leaves for the next step; runs in `after`. */
  after?(): void;
}

/** A loss of InstDisc, as a function of the step. */
export type InstanceLoss = (context: StepContext) => StepLoss;

/** Up to so many images the softmax over the whole bank is affordable, and the better loss. */
const LARGEST_WHOLE_BANK = 200_000;

/** The loss that is asked for by name; "auto" chooses by the number of images. */
export const lossName = (
  { loss }: InstdiscOptions,
  images: number,
): Exclude<InstdiscOptions["loss"], "auto"> =>
  loss === "auto" ? (images <= LARGEST_WHOLE_BANK ? "softmax" : "nce") : loss;

/** Makes the loss, with the state that it needs. */
export function instanceLoss(build: Build, bank: Bank, options: InstdiscOptions): InstanceLoss {
  const name = lossName(options, build.facts.datasetSize);
  if (name === "softmax") return (context) => wholeBank(bank, options, context);
  const drawn = build.random("negatives");
  const shared = build.random("candidates");
  const { temperature, negatives, zMomentum } = options;
  const z = name === "nce" ? unsetNormalizer(build) : undefined;

  return (context) => {
    const { indices, keep } = context;
    const own = bank.rows(indices); // [B, dim]
    const ids = drawn.integers<tf.Rank.R2>(context, [indices.shape[0], negatives], bank.size);
    const rows = { own, sampled: bank.rows(ids), temperature };
    const candidates = sampleOfBatch(
      bank,
      context,
      shared.integers<tf.Rank.R1>(context, [negatives], bank.size),
    );
    if (z === undefined) {
      return {
        ...candidates,
        chance: Math.log(negatives + 1),
        of: (queries) => sampledSoftmax({ queries, ...rows }),
      };
    }
    return {
      ...candidates,
      chance: nceChance(negatives),
      of(queries) {
        const bankSize = bank.size;
        const result = nce({
          queries,
          ...rows,
          bankSize,
          z: z as tf.Scalar,
          zMomentum,
          replicas: context.replicas,
        });
        const next = keep(result.z);
        return { ...result, after: () => z.assign(next) };
      },
    };
  };
}

/** The softmax over every image's row. */
const wholeBank = (bank: Bank, { temperature }: InstdiscOptions, { indices }: StepContext): StepLoss => ({
  candidates: withoutGradient(() => l2Normalize(bank.all())),
  positives: indices,
  chance: Math.log(bank.size),
  of: (queries) => instanceSoftmax({ queries, bank: bank.all(), indices, temperature }),
});

/** The rows of the batch's images on all replicas, and some drawn for the whole batch. */
function sampleOfBatch(bank: Bank, { indices, replicas }: StepContext, drawn: tf.Tensor1D) {
  const first = replicas.rank * indices.shape[0];
  const ids = tf.concat1d([replicas.gather(indices), drawn]);
  return {
    candidates: withoutGradient(() => l2Normalize(bank.rows(ids))),
    positives: tf.range(first, first + indices.shape[0], 1, "int32"),
  };
}

/** NCE's normalizer before the first step, which sets it. */
function unsetNormalizer(build: Build): tf.Variable {
  const initial = tf.scalar(-1);
  const z = build.variable("z", initial);
  initial.dispose();
  return z;
}
