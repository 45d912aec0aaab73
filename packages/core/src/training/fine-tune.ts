import { createViewLoader, supervisedView } from "@tssl/augment-zoo";
import { createProgram, type EngineMode, type HostTensor } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { decodingOf } from "../config/decoding-of.ts";
import type { RunSettings } from "../config/run-settings.ts";
import { prefetch } from "../data/prefetch.ts";
import { classification } from "../evaluation/classification.ts";
import { classBalancedSubset } from "../evaluation/class-subset.ts";
import { requireFraction } from "../evaluation/evaluate-linear.ts";
import type { KnnData } from "../evaluation/evaluate-knn.ts";
import { extractFeatures } from "../evaluation/extract-features.ts";
import type { FineTuneResult } from "../evaluation/fine-tune-result.ts";
import type { EvaluationImages } from "../evaluation/images.ts";
import { probeOrder } from "../evaluation/probe-batches.ts";
import { fineTuneNotFinite } from "../messages/training.ts";
import { dense } from "../networks/layers.ts";
import { normalizeImages } from "../networks/normalize-images.ts";
import { sgd } from "../optimizers/sgd.ts";
import type { FineTunePoint, FineTuneState } from "../run/kept-fine-tuning.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "../run/snapshot.ts";
import { createScope } from "../state/scope.ts";
import { steps } from "../state/schedules.ts";
import type { StateEntry } from "../state/store.ts";
import type { TrainableEncoder } from "./make-encoder.ts";

export interface FineTuneOptions {
  /** Learning rates of the encoder and of the new linear layer. */
  readonly trunkRate: number;
  readonly headRate: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Share of the labelled images to train on, 0 .. 1; the same of every class. */
  readonly fraction: number;
  readonly seed: number;
  readonly mode: EngineMode;
  /** Where its state is kept, so that it goes on where it was stopped or killed. Default: nowhere. */
  readonly keeping?: FineTuneKeeping;
  /** Stops it between two steps. */
  readonly signal?: AbortSignal;
}

/** Keeps the state of a fine-tuning. One that goes on comes to the numbers, to the bit, of an undisturbed one. */
export interface FineTuneKeeping {
  /** The state to go on from: one that `save` got, of the same encoder, images and options. */
  readonly from?: FineTuneState;
  /** Whether the state is to be saved. @param step how many are taken. */
  isDue(step: number): boolean;
  /** Called after steps for which it is due, after the last one, and where the training is stopped. */
  save(state: FineTuneState): Promise<void>;
}

/** A fifth from 60 % of the epochs, and again from 80 %: SwAV's 12 and 16 of 20. */
const falling = steps({ value: 1, milestones: [0.6, 0.8], factor: 0.2 });

const SGD = { momentum: 0.9, nesterov: false, weightDecay: 0, excludeNormAndBias: false };

/**
 * Trains the whole of a network, its encoder and a new linear layer on it, with a share of the labels, and
 * tests it after the last epoch.
 *
 * Semi-supervised evaluation as SwAV has it (arXiv:2006.09882, section 4.1 and table 2;
 * facebookresearch/swav, eval_semisup.py): cross-entropy, SGD with momentum 0.9 and no weight decay, one
 * learning rate for the encoder and one for the layer, random crops and flips, batch norm by the batch. The
 * last batch of an epoch holds what is left.
 *
 * Order, crops, the share and the layer's first values follow from the seed.
 *
 * @param encoder whose values are moved; it stays the caller's, who disposes its store.
 * @throws {TsslError} INVALID_OPTION if the fraction leaves less than one image a class on average;
 * TRAINING_FAILED if the loss is no longer a number. The signal's reason where it was stopped.
 */
export async function fineTune(
  encoder: TrainableEncoder,
  data: KnnData,
  options: FineTuneOptions,
): Promise<FineTuneResult> {
  const { fraction, seed, trunkRate, headRate, signal } = options;
  const { train, test, trainImages, testImages } = data;
  const classes = train.classes.length;
  requireFraction(fraction, train.labels!, classes);
  const usable = await decodable(trainImages, signal);
  const labels = usable.map((image) => train.labels![image]!);
  const chosen = classBalancedSubset(labels, fraction, { seed, purpose: "labelled fraction" }).map(
    (place) => usable[place]!,
  );
  const network = compileNetwork(encoder, classes, options);
  try {
    const trainLoss = await trainEpochs(network, encoder.settings, data, chosen, options);
    if (!Number.isFinite(trainLoss)) throw fineTuneNotFinite(trunkRate, headRate);
    const extract = (images: HostTensor) => {
      signal?.throwIfAborted();
      return network.scores(images);
    };
    const scores = await extractFeatures({ dim: classes, extract }, testImages);
    const testLabels = scores.images.map((image) => test.labels![image]!);
    return {
      ...{ fraction, trainImages: chosen.length, trunkRate, headRate, trainLoss },
      ...classification(scores.values, testLabels, classes),
    };
  } finally {
    await network.dispose();
  }
}

/** The images that can be decoded: all are gone through once. */
async function decodable(images: EvaluationImages, signal?: AbortSignal): Promise<Int32Array> {
  let seen = 0;
  for await (const { count } of images.batches()) {
    signal?.throwIfAborted();
    seen += count;
  }
  const corrupt = new Set(images.corrupt.map(({ index }) => index));
  return Int32Array.from({ length: seen }, (_, i) => i).filter((i) => !corrupt.has(i));
}

interface CompiledNetwork {
  /** One step; the mean cross-entropy before it. */
  train(images: HostTensor, labels: Int32Array, factor: number): Promise<number>;
  /** `[B, classes]` */
  scores(images: HostTensor): Promise<Float32Array>;
  /** All values between two steps. */
  snapshot(): Snapshot;
  dispose(): Promise<void>;
}

function compileNetwork(
  { settings, store, forward, featureDim }: TrainableEncoder,
  classes: number,
  { trunkRate, headRate, seed, mode, keeping }: FineTuneOptions,
): CompiledNetwork {
  const trunk = store.trained();
  const layer = dense(createScope(store, seed, "fine-tune.", true), "head", {
    from: featureDim,
    to: classes,
  });
  const head = store.trained().filter((entry) => !trunk.includes(entry));
  const groups = [
    { parameters: trunk, rate: trunkRate, optimizer: sgd.attach(store, trunk, SGD) },
    { parameters: head, rate: headRate, optimizer: sgd.attach(store, head, SGD) },
  ];
  if (keeping?.from !== undefined) {
    restoreSnapshot(keeping.from.snapshot, store, { source: "the state of the fine-tuning" });
  }
  const program = createProgram({ state: store.variables(), mode });
  const logitsOf = (images: tf.Tensor4D, training: boolean) => {
    const mode = { training, batchNormGroups: 1 };
    return layer(forward(normalizeImages(images, settings.data), mode), mode);
  };
  const step = program.compile("fine-tune", (inputs) => {
    const targets = tf.oneHot(inputs["labels"] as tf.Tensor1D, classes);
    const { value, grads } = tf.variableGrads(
      () => {
        const logits = logitsOf(inputs["images"] as tf.Tensor4D, true);
        return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1)));
      },
      [...trunk, ...head].map(({ variable }) => variable),
    );
    for (const { parameters, rate, optimizer } of groups) {
      optimizer.update(gradientsOf(parameters, grads), tf.mul(inputs["factor"] as tf.Scalar, rate));
    }
    return { loss: value };
  });
  const scores = program.compile("fine-tuned scores", (inputs) => ({
    scores: logitsOf(inputs["images"] as tf.Tensor4D, false),
  }));
  return {
    async train(images, labels, factor) {
      const { loss } = await step.run({
        images,
        labels: { values: labels, shape: [labels.length] },
        factor: { values: Float32Array.of(factor), shape: [] },
      });
      return loss!.values[0]!;
    },
    scores: async (images) => (await scores.run({ images })).scores!.values as Float32Array,
    snapshot: () => takeSnapshot(program.state),
    dispose: () => program.dispose(),
  };
}

/** The gradients of some parameters by their names. */
const gradientsOf = (
  parameters: readonly StateEntry[],
  gradients: tf.NamedTensorMap,
): ReadonlyMap<string, tf.Tensor> =>
  new Map(
    parameters.flatMap(({ name, variable }) => {
      const gradient = gradients[variable.name];
      return gradient === undefined ? [] : [[name, gradient] as const];
    }),
  );

const BEGINNING: FineTunePoint = { epoch: 0, batch: 0, sum: 0, mean: NaN };

/** @returns the mean loss of the last epoch. */
async function trainEpochs(
  network: CompiledNetwork,
  settings: RunSettings,
  { train, trainImages }: Pick<KnnData, "train" | "trainImages">,
  chosen: Int32Array,
  { epochs, batchSize, seed, keeping, signal }: FineTuneOptions,
): Promise<number> {
  const loader = createViewLoader({
    files: train.files,
    views: { image: supervisedView({ size: trainImages.size }) },
    seed,
    batchSize: Math.min(batchSize, chosen.length),
    cacheMegabytes: settings.data.cacheMegabytes,
    ...decodingOf(settings.data),
    maxCorruptShare: 0, // another image would carry the wrong label
  });
  let point = keeping?.from?.point ?? BEGINNING;
  try {
    for (let epoch = point.epoch; epoch < epochs; epoch++) {
      const load = (indices: Int32Array) => loader.load({ epoch, indices: Array.from(indices) });
      const discard = (late: { release(): void }) => late.release();
      const order = probeOrder({ chosen, batchSize, seed }, epoch);
      for await (const batch of prefetch(order.slice(point.batch), load, { ahead: 2, discard })) {
        const labels = Int32Array.from(batch.indices, (index) => train.labels![index]!);
        const loss = await network.train(batch.views["image"]!, labels, falling(epoch, epochs));
        batch.release();
        const sum = point.sum + labels.length * loss;
        const isWhole = point.batch + 1 === order.length;
        point = isWhole
          ? { epoch: epoch + 1, batch: 0, sum: 0, mean: sum / chosen.length }
          : { ...point, batch: point.batch + 1, sum };
        const isDue = point.epoch === epochs || keeping?.isDue(point.epoch * order.length + point.batch);
        if (isDue || signal?.aborted) await keeping?.save({ point, snapshot: network.snapshot() });
        signal?.throwIfAborted();
      }
    }
    return point.mean;
  } finally {
    await loader.close();
  }
}
