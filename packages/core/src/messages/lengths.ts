// Advice on options that do not fit the length of the run, or the number or size of its images.

import { count, digits, epochs } from "../text/numbers.ts";

export const queueLargerThanSet = (queue: string, size: number, images: number): string =>
  `The queue ${queue} has ${count(size)} rows, and the set ${count(images)} images: earlier embeddings of ` +
  "an image are among its own negatives.";

/** @param reached the learning rate of the last step. */
export const warmupLongerThanRun = (warmup: number, length: number, reached: number, lr: number): string =>
  `The warm-up of ${epochs(warmup)} (optimizer.warmupEpochs) does not end within the run of ` +
  `${epochs(length)}: the learning rate gets to ${digits(reached)} of ${digits(lr)}.`;

/** @param shares of the run, 0 .. 1. */
export const milestonesBeyondEnd = (shares: readonly number[], totalSteps: number): string =>
  `optimizer.milestones: ${shares.join(" and ")} lie${shares.length === 1 ? "s" : ""} at the end of the ` +
  `run (${count(totalSteps)} steps), so the learning rate is not lowered there.`;

/** @param shares of the run, 0 .. 1. */
export const milestonesWithinWarmup = (shares: readonly number[], warmup: number): string =>
  `optimizer.milestones: ${shares.join(" and ")} ${shares.length === 1 ? "lies" : "lie"} within the ` +
  `warm-up of ${epochs(warmup)} (optimizer.warmupEpochs), so the learning rate is lowered from the start.`;

export const phaseNeverComes = (
  plugin: string,
  phase: string,
  { step, epoch }: { readonly step: number; readonly epoch: number },
  totalSteps: number,
): string =>
  `The phase "${phase}" of ${plugin} never comes: it would begin at step ${count(step + 1)} (epoch ` +
  `${epoch + 1}), and the run has ${count(totalSteps)} steps.`;

/** @param times how many pixels the encoder gets for each pixel of an image. */
export const imagesEnlarged = (
  images: { readonly width: number; readonly height: number; readonly of: number },
  { width, height }: { readonly width: number; readonly height: number },
  times: number,
): string =>
  `The images are of about ${images.width} × ${images.height} pixels (median of ${count(images.of)} of ` +
  `them), and imageSize enlarges them to ${width} × ${height}: the encoder computes about ` +
  `${Math.round(times)} times as much as at their own size. Set imageSize: ` +
  `${Math.round(Math.min(images.width, images.height))}, unless the encoder needs more pixels.`;

export const moreNeighboursThanImages = (k: number, images: number): string =>
  `evaluation.k is ${count(k)}, and there are ${count(images)} labelled training images: all of them vote.`;

export const intervalLongerThanRun = (
  option: string,
  interval: number,
  length: number,
  unit: "steps" | "epochs",
): string =>
  `${option} is ${count(interval)}, and the run has ${count(length)} ` +
  `${length === 1 ? unit.slice(0, -1) : unit}: ` +
  "the interval does not pass once.";

export const imagesLeftOut = (epoch: {
  readonly left: number;
  readonly datasetSize: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
}): string => {
  const { left, datasetSize, batchSize, stepsPerEpoch } = epoch;
  return (
    `Each epoch leaves out ${count(left)} of the ${count(datasetSize)} images, others each time: it has ` +
    `${count(stepsPerEpoch)} whole ${stepsPerEpoch === 1 ? "batch" : "batches"} of ${count(batchSize)}.`
  );
};
