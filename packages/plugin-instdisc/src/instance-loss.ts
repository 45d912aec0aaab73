import type { Bank, Build, StepContext } from "@tssl/core";
import { type BankCandidates, bankContrast, bankSample } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

import { nce, nceChance } from "./nce.ts";
import type { InstdiscOptions } from "./options.ts";

/** The loss of one step: what its queries are compared with, and how. */
export interface StepLoss extends BankCandidates {
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
  const { temperature, negatives, zMomentum } = options;
  if (name !== "nce") {
    return bankContrast(build, bank, { temperature, negatives: name === "softmax" ? null : negatives });
  }
  const sample = bankSample(build, bank, negatives);
  const z = unsetNormalizer(build);

  return (context) => {
    const { keep, replicas } = context;
    const { own, sampled, ...candidates } = sample(context);
    return {
      ...candidates,
      chance: nceChance(negatives),
      of(queries) {
        const result = nce({
          queries,
          own,
          sampled,
          temperature,
          bankSize: bank.size,
          z: z as tf.Scalar,
          zMomentum,
          replicas,
        });
        const next = keep(result.z);
        return { ...result, after: () => z.assign(next) };
      },
    };
  };
}

/** NCE's normalizer before the first step, which sets it. */
function unsetNormalizer(build: Build): tf.Variable {
  const initial = tf.scalar(-1);
  const z = build.variable("z", initial);
  initial.dispose();
  return z;
}
