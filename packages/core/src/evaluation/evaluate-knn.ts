import type { CorruptFile } from "@tssl/augment-zoo";

import type { RunSettings } from "../config/run-settings.ts";
import type { ImageSet } from "../data/image-set.ts";
import type { FeatureExtractor } from "./compile-features.ts";
import { extractFeatures, type ImageFeatures } from "./extract-features.ts";
import { type EvaluationImages, evaluationImages, type EvaluationImagesOptions } from "./images.ts";
import { knn, type KnnResult, neighboursAmong } from "./knn.ts";
import { type NamedImages, withClassesOf } from "./shared-classes.ts";

/** One kNN evaluation in the course of a run. */
export interface KnnEvaluation {
  readonly step: number;
  readonly epoch: number;
  readonly result: KnnResult;
}

/** The vote of a kNN evaluation, as the config's `evaluation` has it. */
export type KnnSettings = Pick<RunSettings["evaluation"], "k" | "temperature">;

/** Labelled images to search in and labelled test images to classify, with the same list of classes. */
export interface KnnData {
  readonly train: ImageSet;
  readonly test: ImageSet;
  readonly trainImages: EvaluationImages;
  readonly testImages: EvaluationImages;
}

export interface ExtractedFeatures {
  readonly train: ImageFeatures;
  readonly test: ImageFeatures;
}

/** The images of both sets that could not be decoded, once all were gone through. */
export const undecodable = ({
  trainImages,
  testImages,
}: Pick<KnnData, "trainImages" | "testImages">): readonly CorruptFile[] => [
  ...trainImages.corrupt,
  ...testImages.corrupt,
];

/**
 * Two sets of labelled images, prepared for evaluation at the run's image size. Nothing is decoded yet.
 *
 * @throws {TsslError} INVALID_OPTION as `withClassesOf`.
 */
export function knnDataOf(train: NamedImages, test: NamedImages, options: EvaluationImagesOptions): KnnData {
  const classified = withClassesOf(train, test);
  return {
    train: train.images,
    test: classified,
    trainImages: evaluationImages(train.images, options),
    testImages: evaluationImages(classified, options),
  };
}

/**
 * Features of both sets by the frozen encoder. Images that cannot be decoded are left out of the bank, and of
 * the images that are classified: see `undecodable`.
 */
export async function extractBoth(
  extractor: FeatureExtractor,
  data: Pick<KnnData, "trainImages" | "testImages">,
): Promise<ExtractedFeatures> {
  return {
    train: await extractFeatures(extractor, data.trainImages),
    test: await extractFeatures(extractor, data.testImages),
  };
}

/** Weighted kNN over features that are there already, with at most as many neighbours as there are images. */
export function classify(
  features: ExtractedFeatures,
  { train, test }: KnnData,
  { k, temperature }: KnnSettings,
): Promise<KnnResult> {
  const labels = {
    trainLabels: features.train.images.map((image) => train.labels![image]!),
    testLabels: features.test.images.map((image) => test.labels![image]!),
  };
  const vote = { k: neighboursAmong(features.train.count, k), temperature };
  return knn({ ...features, ...labels, classes: train.classes.length }, vote);
}
