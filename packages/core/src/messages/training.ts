// The sentences of errors TRAINING_FAILED.

import { TsslError } from "../errors.ts";

export const probeNotFinite = (learningRate: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The linear probe's loss is not a number with learning rate ${learningRate}. ` +
      `Try a smaller one, or several to choose from.`,
    { data: { learningRate } },
  );

/** @param chance the loss of guessing, in nats. */
export const everyRateDiverges = (learningRates: readonly number[], chance: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The linear probe's loss ends above that of guessing (${chance.toPrecision(3)}) with every learning ` +
      `rate of ${learningRates.join(", ")}. Try smaller ones.`,
    { data: { learningRates, chance } },
  );

export const fineTuneNotFinite = (trunkRate: number, headRate: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The loss of fine-tuning is not a number with learning rates ${trunkRate} and ${headRate}. Try smaller ` +
      "ones: --lr-trunk, --lr-head, and --lr-scratch from scratch.",
    { data: { trunkRate, headRate } },
  );

/** @param cost C. */
export const svmNotSolved = (cost: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The linear SVM with C ${cost} does not come near its optimum: the features are too large. ` +
      "Check that the encoder was trained.",
    { data: { cost } },
  );
