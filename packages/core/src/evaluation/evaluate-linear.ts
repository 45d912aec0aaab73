import type { ImageDecoding } from "@tssl/augment-zoo";
import type { EngineMode } from "@tssl/engine";

import { invalidOption } from "../errors.ts";
import { everyRateDiverges, probeNotFinite } from "../messages/training.ts";
import { chanceLoss, chooseRate, diverges, standardError, type TriedRate } from "./choose-rate.ts";
import { classBalancedSubset, splitOff } from "./class-subset.ts";
import { type Classification, classification } from "./classification.ts";
import type { FeatureExtractor } from "./compile-features.ts";
import { extractFeatures, type Features, rowsOf } from "./extract-features.ts";
import type { LayerFeatures } from "./layer-features.ts";
import type { KnnData } from "./evaluate-knn.ts";
import { decodingIn } from "./images.ts";
import {
  initialProbeWeight,
  type LinearProbe,
  type ProbeEpoch,
  probeScores,
  trainLinearProbes,
  uniformProbe,
} from "./linear-probe.ts";
import { type LinearProtocolName, linearProtocols } from "./linear-protocols.ts";
import { type AugmentedImages, augmentedBatches, cachedBatches, type ProbeOrder } from "./probe-batches.ts";
import { probeSchedules, type ProbeScheduleName } from "./probe-schedules.ts";

/**
 * Learning rates to choose from where none is given. The published 30 and 10 suit a ResNet-50's features; on
 * those of a small encoder the loss stays far above that of chance with them.
 */
const probeLearningRates: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/** How a linear probe is trained where nothing else is asked for. */
export const probeDefaults = {
  schedule: "steps",
  epochs: 100,
  batchSize: 256,
  augment: false,
  learningRates: probeLearningRates,
} as const;

export interface LinearOptions {
  /** Several: one is taken by images that are held out of the training set, see `chooseRate`. */
  readonly learningRates: readonly number[];
  readonly schedule: ProbeScheduleName;
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * A published protocol whose first values, weight decay, momentum and batch norm are taken, see
   * `linearProtocols`; default: those of moco.
   */
  readonly protocol?: LinearProtocolName;
  /** Share of the labelled training images to use, 0 .. 1; the same of every class. */
  readonly fraction: number;
  readonly seed: number;
  readonly mode: EngineMode;
}

/**
 * What a probe is trained and tested on. Features of training and test images are those of the middle of each
 * image.
 */
export interface LinearData {
  readonly train: Features;
  readonly trainLabels: Int32Array;
  readonly test: Features;
  readonly testLabels: Int32Array;
  readonly classes: number;
  /** Where features are those of a layer: its name, and the channels of its map. */
  readonly layer?: Pick<LayerFeatures, "name" | "channels">;
  /** Batches to train on instead of `train`, such as augmented ones. */
  readonly augmented?: (order: ProbeOrder) => { readonly batches: ProbeEpoch; close(): Promise<void> };
}

/** The test accuracy of one probe, and how it came about. */
export interface LinearResult extends Classification {
  /** The layer whose map it was trained on; absent where that are the encoder's features. */
  readonly layer?: string;
  readonly fraction: number;
  /** Labelled images that it was trained on. */
  readonly trainImages: number;
  readonly learningRate: number;
  /** How the learning rate was chosen, by held-out training images; absent where there was no choice. */
  readonly heldOut?: {
    readonly images: number;
    readonly accuracies: readonly RateResult[];
    /** Rates that are as good within the noise, the chosen one among them. Absent in results of before. */
    readonly asGood?: readonly number[];
  };
  /** Mean cross-entropy of the last epoch's batches, in nats. */
  readonly trainLoss: number;
}

/** What came of one of several learning rates. */
export interface RateResult {
  readonly learningRate: number;
  /** Share of the held-out images that were classified right. */
  readonly accuracy: number;
  /** Standard error of the accuracy. Absent in results of before. */
  readonly standardError?: number;
  /** Mean cross-entropy of the last epoch's batches, in nats; null where it is not a number. */
  readonly trainLoss?: number | null;
  /** Whether the loss ended above that of guessing: such a rate is not taken. */
  readonly diverges?: boolean;
}

/** Share of the training images that learning rates are compared on. */
const HELD_OUT = 0.1;

/** @throws {TsslError} INVALID_OPTION if a fraction leaves less than one image a class on average. */
export function requireFraction(fraction: number, labels: Int32Array, classes: number): void {
  const least = classes / labels.length;
  if (fraction >= least && fraction <= 1) return;
  throw invalidOption(
    "fraction",
    `at least ${least.toPrecision(2)} (one image for each of ${classes} classes, of ${labels.length}) and ` +
      `at most 1`,
    fraction,
  );
}

/**
 * Trains a linear classifier on a frozen encoder's features and tests it after the last epoch.
 *
 * Reference: MoCo, https://arxiv.org/abs/1911.05722, section 4.1, and the authors' main_lincls.py; CLSA's
 * lincls.py. Both report the best test accuracy of any epoch; here nothing is chosen by the test images. Of
 * several learning rates one is chosen by a tenth of the training images, held out class by class (see
 * `chooseRate`), and trained again on all of them.
 *
 * With a `fraction` the encoder stays frozen too. (SimCLR, section 4.3, fine-tunes it.)
 *
 * @throws {TsslError} INVALID_OPTION if the fraction leaves less than one image a class on average, or too
 * few to hold any out; TRAINING_FAILED if the loss is no longer a number, or ends above that of guessing with
 * every one of several rates.
 */
export async function evaluateLinear(data: LinearData, options: LinearOptions): Promise<LinearResult> {
  const { trainLabels, testLabels, classes } = data;
  const { learningRates, fraction, seed } = options;
  requireFraction(fraction, trainLabels, classes);
  const chosen = classBalancedSubset(trainLabels, fraction, { seed, purpose: "labelled fraction" });
  const [first] = learningRates;
  if (first === undefined) throw invalidOption("learningRates", "at least one number above 0", learningRates);

  const choice =
    learningRates.length === 1 ? { learningRate: first } : await chooseLearningRate(data, options, chosen);
  const [probe] = await trainProbes(data, options, chosen, [choice.learningRate]);
  if (!isFiniteProbe(probe!)) throw probeNotFinite(choice.learningRate);
  return {
    ...(data.layer === undefined ? {} : { layer: data.layer.name }),
    fraction,
    trainImages: chosen.length,
    ...choice,
    trainLoss: probe!.losses.at(-1)!,
    ...classification(await probeScores(probe!, data.test), testLabels, classes),
  };
}

/** Trains a probe with each rate on most of the images, and chooses one by the rest. */
async function chooseLearningRate(
  data: LinearData,
  options: LinearOptions,
  chosen: Int32Array,
): Promise<Pick<LinearResult, "learningRate" | "heldOut">> {
  const { train, trainLabels, classes } = data;
  const { learningRates, fraction, seed } = options;
  const { kept, heldOut } = splitOff(trainLabels, chosen, HELD_OUT, { seed, purpose: "held out" });
  if (heldOut.length === 0) {
    throw invalidOption(
      "fraction",
      "enough for two images of some class, to choose among learning rates",
      fraction,
      "Or give one learning rate.",
    );
  }
  const { dim } = train;
  const features = { values: rowsOf(train.values, dim, heldOut), count: heldOut.length, dim };
  const labels = heldOut.map((index) => trainLabels[index]!);
  const tried: TriedRate[] = [];
  for (const [i, probe] of (await trainProbes(data, options, kept, learningRates)).entries()) {
    const answers = answersOf(await probeScores(probe, features), labels, classes);
    tried.push({ learningRate: learningRates[i]!, trainLoss: probe.losses.at(-1)!, ...answers });
  }
  const choice = chooseRate(tried, classes);
  if (choice === undefined) throw everyRateDiverges(learningRates, chanceLoss(classes));
  return {
    learningRate: choice.learningRate,
    heldOut: {
      images: heldOut.length,
      accuracies: tried.map((each) => resultOf(each, classes)),
      asGood: choice.asGood,
    },
  };
}

function resultOf(tried: TriedRate, classes: number): RateResult {
  const { learningRate, trainLoss } = tried;
  const right = tried.right.map(Number);
  return {
    learningRate,
    accuracy: right.reduce((sum, one) => sum + one, 0) / right.length,
    standardError: standardError(right),
    trainLoss: Number.isFinite(trainLoss) ? trainLoss : null,
    diverges: diverges(tried, classes),
  };
}

/** Whether each image is classified right, and its cross-entropy. Scores that are not numbers are wrong. */
function answersOf(
  scores: Float32Array,
  labels: Int32Array,
  classes: number,
): Pick<TriedRate, "right" | "losses"> {
  const rows = Array.from(labels, (label, image) => ({
    label,
    row: scores.subarray(image * classes, (image + 1) * classes),
  }));
  return {
    right: rows.map(({ label, row }) => row.indexOf(Math.max(...row)) === label),
    losses: rows.map(({ label, row }) => {
      const most = Math.max(...row);
      return most + Math.log(row.reduce((sum, score) => sum + Math.exp(score - most), 0)) - row[label]!;
    }),
  };
}

async function trainProbes(
  { train, trainLabels, classes, augmented, layer }: LinearData,
  { schedule, epochs, batchSize, seed, mode, protocol = "moco" }: LinearOptions,
  chosen: Int32Array,
  learningRates: readonly number[],
): Promise<readonly LinearProbe[]> {
  const order = { chosen, batchSize, seed };
  const { firstValues, weightDecay, nesterov, batchNorm } = linearProtocols[protocol];
  const { weight, bias } =
    firstValues === "uniform"
      ? uniformProbe(train.dim, classes, seed)
      : { weight: initialProbeWeight(train.dim, classes, seed), bias: new Float32Array(classes) };
  const training = {
    dim: train.dim,
    classes,
    epochs,
    learningRates,
    schedule: probeSchedules[schedule],
    initialWeight: weight,
    initialBias: bias,
    ...{ weightDecay, nesterov, batchNorm },
    ...(layer === undefined ? {} : { channels: layer.channels }),
    mode,
  };
  if (augmented === undefined) return trainLinearProbes(cachedBatches(train, trainLabels, order), training);
  const images = augmented(order);
  try {
    return await trainLinearProbes(images.batches, training);
  } finally {
    await images.close();
  }
}

/** False where the learning rate was too large. */
const isFiniteProbe = ({ losses }: LinearProbe): boolean => Number.isFinite(losses.at(-1));

/** How the training images of a linear probe are read. */
export interface LinearDataOptions extends Pick<
  AugmentedImages,
  "cacheMegabytes" | "crop" | keyof ImageDecoding
> {
  readonly augment: boolean;
  /**
   * Whether one of several learning rates will be chosen, by features of training images. Without that and
   * with `augment`, these are not computed. Default true.
   */
  readonly choosing?: boolean;
}

/** Goes through images without an encoder, to see which of them can be decoded. */
const NOTHING: FeatureExtractor = { dim: 0, extract: () => Promise.resolve(new Float32Array()) };

/**
 * A frozen encoder's features of labelled images, or those of one of its layers, ready for linear probes.
 * Training images that cannot be decoded are left out.
 */
export async function linearData(
  extractor: FeatureExtractor | LayerFeatures,
  { train, test, trainImages, testImages }: KnnData,
  { augment, choosing = true, cacheMegabytes, crop, ...decoding }: LinearDataOptions,
): Promise<LinearData> {
  const isRead = choosing || !augment;
  const features = {
    train: isRead
      ? await extractFeatures(extractor, trainImages)
      : { ...(await extractFeatures(NOTHING, trainImages)), dim: extractor.dim },
    test: await extractFeatures(extractor, testImages),
  };
  const trainLabels = features.train.images.map((image) => train.labels![image]!);
  const images = {
    folder: { files: Array.from(features.train.images, (image) => train.files[image]!) },
    labels: trainLabels,
    imageSize: trainImages.size,
    cacheMegabytes,
    ...decodingIn(decoding),
    ...(crop === undefined ? {} : { crop }),
  };
  return {
    ...features,
    trainLabels,
    testLabels: features.test.images.map((image) => test.labels![image]!),
    classes: train.classes.length,
    ...("channels" in extractor ? { layer: extractor } : {}),
    ...(augment ? { augmented: (order: ProbeOrder) => augmentedBatches(extractor, images, order) } : {}),
  };
}
