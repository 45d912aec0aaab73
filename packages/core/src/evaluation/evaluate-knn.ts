import type { ImageFolder } from "../data/image-folder.ts";
import type { Network } from "../networks/network.ts";
import type { ImageStatistics } from "../training/normalize-images.ts";
import { extractFeatures, type Features } from "./extract-features.ts";
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
  readonly train: ImageFolder;
  readonly test: ImageFolder;
  readonly trainImages: EvaluationImages;
  readonly testImages: EvaluationImages;
  readonly statistics: ImageStatistics;
}

export interface ExtractedFeatures {
  readonly train: Features;
  readonly test: Features;
}

/** Features of both sets by the frozen encoder. */
export async function extractBoth(
  network: Pick<Network, "features" | "featureDim">,
  data: KnnData,
): Promise<ExtractedFeatures> {
  return {
    train: await extractFeatures(network, data.trainImages, data.statistics),
    test: await extractFeatures(network, data.testImages, data.statistics),
  };
}

/** Weighted kNN over features that are there already. */
export function classify(
  features: ExtractedFeatures,
  { train, test }: KnnData,
  options: KnnOptions,
): Promise<KnnResult> {
  return knn(
    { ...features, trainLabels: train.labels!, testLabels: test.labels!, classes: train.classes.length },
    options,
  );
}
