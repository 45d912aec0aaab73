import type { CorruptFile } from "@tssl/augment-zoo";

import type { ImageSet } from "../data/image-set.ts";
import type { FeatureExtractor } from "./compile-features.ts";
import { extractFeatures, type ImageFeatures } from "./extract-features.ts";
import type { EvaluationImages } from "./images.ts";
import { knn, type KnnOptions, type KnnResult } from "./knn.ts";

/** One kNN evaluation in the course of a run. */
export interface KnnEvaluation {
  readonly step: number;
  readonly epoch: number;
  readonly result: KnnResult;
}

/** A labelled training set to search in and a labelled test set to classify. */
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

/** Weighted kNN over features that are there already. */
export function classify(
  features: ExtractedFeatures,
  { train, test }: KnnData,
  options: KnnOptions,
): Promise<KnnResult> {
  const labels = {
    trainLabels: features.train.images.map((image) => train.labels![image]!),
    testLabels: features.test.images.map((image) => test.labels![image]!),
  };
  return knn({ ...features, ...labels, classes: train.classes.length }, options);
}
