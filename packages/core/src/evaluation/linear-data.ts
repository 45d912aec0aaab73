import type { ImageDecoding } from "@tssl/augment-zoo";

import type { ExtractedLayer, FeatureExtractor, LayersExtractor } from "./compile-features.ts";
import type { KnnData } from "./evaluate-knn.ts";
import { extractFeatures, type Features, featuresByLayer } from "./extract-features.ts";
import { decodingIn } from "./images.ts";
import type { LayersEpoch } from "./linear-probe.ts";
import { type AugmentedImages, augmentedBatches, type ProbeOrder } from "./probe-batches.ts";

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
