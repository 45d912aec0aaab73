import type { RunSettings } from "../config/run-settings.ts";
import type { ImageSet } from "../data/image-set.ts";
import type { FeatureExtractor } from "../evaluation/compile-features.ts";
import { extractFeatures } from "../evaluation/extract-features.ts";
import { type FeatureSample, sampledImages, writeFeatureSample } from "../evaluation/feature-sample.ts";
import { type EvaluationImages, evaluationImages, evaluationOptions } from "../evaluation/images.ts";
import { isDiskFull } from "../files/write-whole.ts";

/**
 * Keeps features for the map on a run's page, unless the disk is full: the map is not worth ending a run for.
 */
export async function keepFeatures(runFolder: string, sample: FeatureSample): Promise<void> {
  await writeFeatureSample(runFolder, sample.step === 0 ? "untrained" : "latest", sample).catch(
    (error: unknown) => {
      if (!isDiskFull(error)) throw error;
    },
  );
}

/** Some training images, evenly spread, as evaluation takes them. */
export const sampledTrainingImages = (
  { files }: Pick<ImageSet, "files">,
  settings: RunSettings,
): EvaluationImages =>
  evaluationImages(
    { files: sampledImages(files.length).map((place) => files[place]!) },
    { ...evaluationOptions(settings), cacheMegabytes: 0 },
  );

/** Features of some training images, for the map of a run that has no labelled ones. */
export async function keepTrainingFeatures(
  runFolder: string,
  encoder: FeatureExtractor,
  { files }: Pick<ImageSet, "files">,
  settings: RunSettings,
  step: number,
): Promise<void> {
  const places = sampledImages(files.length);
  const features = await extractFeatures(encoder, sampledTrainingImages({ files }, settings));
  await keepFeatures(runFolder, {
    ...features,
    images: Int32Array.from(features.images, (image) => places[image]!),
    step,
  });
}
