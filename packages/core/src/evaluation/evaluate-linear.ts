import type { ImageDecoding } from "@tssl/augment-zoo";
import type { EngineMode } from "@tssl/engine";

import { invalidOption } from "../errors.ts";
import { everyRateDiverges, probeNotFinite } from "../messages/training.ts";
import { chanceLoss, chooseRate, diverges, standardError, type TriedRate } from "./choose-rate.ts";
import { classBalancedSubset, splitOff } from "./class-subset.ts";
import { type Classification, classification } from "./classification.ts";
import {
  type ExtractedLayer,
  type FeatureExtractor,
  FEATURES,
  type LayersExtractor,
} from "./compile-features.ts";
import { extractFeatures, type Features, featuresByLayer } from "./extract-features.ts";
import { rowsOf } from "../state/rows-of.ts";
import type { KnnData } from "./evaluate-knn.ts";
import { decodingIn } from "./images.ts";
import {
  initialProbeWeight,
  type LayersEpoch,
  type LinearProbe,
  probeScores,
  trainLinearProbes,
  trainProbesOfLayers,
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
 * What probes are trained and tested on: features of one or several layers. Those of training and test images
 * are of the middle of each image, and are asked for by the place of their layer.
 */
export interface LinearData {
  readonly layers: readonly ExtractedLayer[];
  readonly train: (layer: number) => Promise<Features>;
  /** Of the rows of `train`. */
  readonly trainLabels: Int32Array;
  readonly test: (layer: number) => Promise<LabelledFeatures>;
  readonly classes: number;
  /** Batches to train on instead of `train`, such as augmented ones. */
  readonly augmented?: (order: ProbeOrder) => { readonly batches: LayersEpoch; close(): Promise<void> };
}

export interface LabelledFeatures {
  readonly features: Features;
  /** Of its rows. */
  readonly labels: Int32Array;
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
 * Trains a linear classifier on a frozen encoder's features, or on those of each of its layers, and tests it
 * after the last epoch. Layers share each pass over augmented images; each gets the numbers that it would get
 * alone.
 *
 * Reference: MoCo, https://arxiv.org/abs/1911.05722, section 4.1, and the authors' main_lincls.py; CLSA's
 * lincls.py. Both report the best test accuracy of any epoch; here nothing is chosen by the test images. Of
 * several learning rates one is chosen by a tenth of the training images, held out class by class (see
 * `chooseRate`), and trained again on all of them.
 *
 * With a `fraction` the encoder stays frozen too. (SimCLR, section 4.3, fine-tunes it.)
 *
 * @throws {TsslError} INVALID_OPTION if the fraction leaves less than one image a class on average, or too
 * few to hold any out; NOT_FINITE if features are NaN or infinite; TRAINING_FAILED if the loss is no longer a
 * number, or ends above that of guessing with every one of several rates.
 *
 * @returns one result for each layer, in their order.
 */
export async function evaluateLinear(
  data: LinearData,
  options: LinearOptions,
): Promise<readonly LinearResult[]> {
  const { learningRates, fraction, seed } = options;
  const { trainLabels } = data;
  requireFraction(fraction, trainLabels, data.classes);
  const chosen = classBalancedSubset(trainLabels, fraction, { seed, purpose: "labelled fraction" });
  const [first] = learningRates;
  if (first === undefined) throw invalidOption("learningRates", "at least one number above 0", learningRates);

  const places = data.layers.map((_, i) => i);
  const results: LinearResult[] = [];
  // Features that stay are large: one layer after the other. Augmented images are computed anew in each epoch.
  for (const layers of data.augmented === undefined ? places.map((place) => [place]) : [places]) {
    const choices =
      learningRates.length === 1
        ? layers.map(() => ({ learningRate: first }))
        : await chooseLearningRates(data, options, { chosen, layers });
    results.push(...(await trainAndTest(data, options, { chosen, layers }, choices)));
  }
  return results;
}

/** What is trained together: some layers, by their places, on some of the training images. */
interface Lesson {
  readonly chosen: Int32Array;
  readonly layers: readonly number[];
}

type Choice = Pick<LinearResult, "learningRate" | "heldOut">;

/** @param choices of each layer. */
async function trainAndTest(
  data: LinearData,
  options: LinearOptions,
  lesson: Lesson,
  choices: readonly Choice[],
): Promise<readonly LinearResult[]> {
  const rates = choices.map(({ learningRate }) => [learningRate]);
  const probes = await trainProbes(data, options, lesson, rates);
  const results: LinearResult[] = [];
  for (const [i, choice] of choices.entries()) {
    const [probe] = probes[i]!;
    if (!isFiniteProbe(probe!)) throw probeNotFinite(choice.learningRate);
    const layer = lesson.layers[i]!;
    const { name } = data.layers[layer]!;
    const { features, labels } = await data.test(layer);
    results.push({
      ...(name === FEATURES ? {} : { layer: name }),
      fraction: options.fraction,
      trainImages: lesson.chosen.length,
      ...choice,
      trainLoss: probe!.losses.at(-1)!,
      ...classification(await probeScores(probe!, features), labels, data.classes),
    });
  }
  return results;
}

/** Trains a probe of each layer with each rate on most of the images, and chooses one by the rest. */
async function chooseLearningRates(
  data: LinearData,
  options: LinearOptions,
  { chosen, layers }: Lesson,
): Promise<readonly Choice[]> {
  const { trainLabels } = data;
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
  const labels = heldOut.map((index) => trainLabels[index]!);
  const rates = layers.map(() => learningRates);
  const choices: Choice[] = [];
  for (const [i, probes] of (await trainProbes(data, options, { chosen: kept, layers }, rates)).entries()) {
    const { values, dim } = await data.train(layers[i]!);
    const features = { values: rowsOf(values, dim, heldOut), count: heldOut.length, dim };
    choices.push(await chooseAmong(probes, { features, labels }, learningRates, data.classes));
  }
  return choices;
}

async function chooseAmong(
  probes: readonly LinearProbe[],
  { features, labels }: LabelledFeatures,
  learningRates: readonly number[],
  classes: number,
): Promise<Choice> {
  const tried: TriedRate[] = [];
  for (const [i, probe] of probes.entries()) {
    const answers = answersOf(await probeScores(probe, features), labels, classes);
    tried.push({ learningRate: learningRates[i]!, trainLoss: probe.losses.at(-1)!, ...answers });
  }
  const choice = chooseRate(tried, classes);
  if (choice === undefined) throw everyRateDiverges(learningRates, chanceLoss(classes));
  return {
    learningRate: choice.learningRate,
    heldOut: {
      images: features.count,
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

/** @param learningRates of each layer. Augmented images are for all layers of `data` together. */
async function trainProbes(
  data: LinearData,
  { schedule, epochs, batchSize, seed, mode, protocol = "moco" }: LinearOptions,
  { chosen, layers }: Lesson,
  learningRates: readonly (readonly number[])[],
): Promise<readonly (readonly LinearProbe[])[]> {
  const { classes } = data;
  const order = { chosen, batchSize, seed };
  const { firstValues, weightDecay, nesterov, batchNorm } = linearProtocols[protocol];
  const settings = {
    ...{ classes, epochs, mode, weightDecay, nesterov, batchNorm },
    schedule: probeSchedules[schedule],
  };
  const probesOf = (layer: number, i: number) => {
    const { dim, channels } = data.layers[layer]!;
    const { weight, bias } =
      firstValues === "uniform"
        ? uniformProbe(dim, classes, seed)
        : { weight: initialProbeWeight(dim, classes, seed), bias: new Float32Array(classes) };
    return {
      ...{ dim, learningRates: learningRates[i]!, initialWeight: weight, initialBias: bias },
      ...(channels === undefined ? {} : { channels }),
    };
  };
  if (data.augmented === undefined) {
    const probes: (readonly LinearProbe[])[] = [];
    for (const [i, layer] of layers.entries()) {
      const batches = cachedBatches(await data.train(layer), data.trainLabels, order);
      probes.push(await trainLinearProbes(batches, { ...settings, ...probesOf(layer, i) }));
    }
    return probes;
  }
  const images = data.augmented(order);
  try {
    return await trainProbesOfLayers(images.batches, settings, layers.map(probesOf));
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
}

/** Goes through images without an encoder, to see which of them can be decoded. */
const NOTHING: FeatureExtractor = { dim: 0, extract: () => Promise.resolve(new Float32Array()) };

/**
 * A frozen encoder's features of labelled images, or those of some of its layers, ready for linear probes.
 * They are computed when they are asked for. Training images that cannot be decoded are left out.
 *
 * @throws {TsslError} NOT_FINITE, here or by what it gives, where features are NaN or infinite.
 */
export async function linearData(
  extractor: LayersExtractor,
  { train, test, trainImages, testImages }: KnnData,
  { augment, cacheMegabytes, crop, ...decoding }: LinearDataOptions,
): Promise<LinearData> {
  const ofTrain = featuresByLayer(extractor, trainImages, "labelled");
  const ofTest = featuresByLayer(extractor, testImages, "test");
  const decoded = augment ? await extractFeatures(NOTHING, trainImages) : await ofTrain(0);
  await ofTest(0); // what is wrong with the test images is found before anything is trained
  const trainLabels = decoded.images.map((image) => train.labels![image]!);
  const images = {
    folder: { files: Array.from(decoded.images, (image) => train.files[image]!) },
    labels: trainLabels,
    imageSize: trainImages.size,
    cacheMegabytes,
    ...decodingIn(decoding),
    ...(crop === undefined ? {} : { crop }),
  };
  return {
    layers: extractor.layers,
    train: ofTrain,
    trainLabels,
    async test(layer) {
      const features = await ofTest(layer);
      return { features, labels: features.images.map((image) => test.labels![image]!) };
    },
    classes: train.classes.length,
    ...(augment ? { augmented: (order: ProbeOrder) => augmentedBatches(extractor, images, order) } : {}),
  };
}
