import type { RunSettings } from "../config/run-config.ts";
import { invalidOption } from "../errors.ts";
import { noKnnWithoutClasses, noKnnWithoutTest } from "../messages.ts";
import type { KnnData } from "./evaluate-knn.ts";
import { evaluationImages, evaluationOptions } from "./images.ts";
import type { ImageSet } from "../data/image-set.ts";
import { readImages } from "../data/read-images.ts";

/** The data of a run. */
export interface RunData {
  readonly train: ImageSet;
  /** Where training and test images have the same classes. */
  readonly knnData?: KnnData;
  /** What the user should know about it, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Finds the images that the config names; nothing is decoded yet.
 *
 * @param tell is told what takes a while.
 * @throws {TsslError} INVALID_DATA or INVALID_OPTION, before any network is made.
 */
export async function openData(settings: RunSettings, tell?: (sentence: string) => void): Promise<RunData> {
  const { data } = settings;
  const train = await readImages(data.train, tell);
  if (data.test === null) return { train, notes: [noKnnWithoutTest()] };

  const test = await readImages(data.test, tell);
  if (train.labels === undefined || test.labels === undefined) {
    const unlabelled = train.labels === undefined ? train.root : test.root;
    return { train, notes: [noKnnWithoutClasses(unlabelled)] };
  }
  if (train.classes.join("/") !== test.classes.join("/")) {
    throw invalidOption(
      "data.test",
      `a folder with the classes of data.train (${train.classes.join(", ")})`,
      test.classes,
    );
  }
  const options = evaluationOptions(settings);
  const knnData: KnnData = {
    train,
    test,
    trainImages: evaluationImages(train, options),
    testImages: evaluationImages(test, { ...options, maxCorruptShare: 0 }), // an accuracy is that of all of them
  };
  return { train, knnData, notes: [] };
}
