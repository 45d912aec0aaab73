import type { RunSettings } from "../config/run-config.ts";
import type { ImageSet } from "../data/image-set.ts";
import { labelsAs } from "../data/match-classes.ts";
import { readImages } from "../data/read-images.ts";
import { notesOn, splitsNotice, whyNoClasses } from "../data/what-to-tell.ts";
import { invalidOption } from "../errors.ts";
import { noKnnWithoutTest } from "../messages.ts";
import type { KnnData } from "./evaluate-knn.ts";
import { evaluationImages, evaluationOptions } from "./images.ts";

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
 * @param tell is told the notes, and what takes a while.
 * @throws {TsslError} INVALID_DATA or INVALID_OPTION, before any network is made.
 */
export async function openData(
  settings: RunSettings,
  tell: (sentence: string) => void = () => {},
): Promise<RunData> {
  const { data, evaluation } = settings;
  const train = await readImages(data.train, tell);
  if (data.test === null) {
    const splits = splitsNotice(train);
    const why = [...(splits === undefined ? [] : [splits]), noKnnWithoutTest()];
    for (const note of why) tell(note);
    return { train, notes: [...notesOn(train), ...why] };
  }

  const test = await readImages(data.test, tell);
  const notes = [...notesOn(train), ...notesOn(test)];
  if (train.labels === undefined || test.labels === undefined) {
    const why = whyNoClasses(train.labels === undefined ? train : test);
    tell(why);
    return { train, notes: [...notes, why] };
  }
  const labels = labelsAs(train.classes, { ...test, labels: test.labels });
  if (labels === undefined) {
    throw invalidOption(
      "data.test",
      `a folder with the classes of data.train (${train.classes.join(", ")})`,
      test.classes,
    );
  }
  if (evaluation.k > train.files.length) {
    throw invalidOption("evaluation.k", `at most the ${train.files.length} training images`, evaluation.k);
  }
  const options = evaluationOptions(settings);
  const knnData: KnnData = {
    train,
    test: { ...test, classes: train.classes, labels },
    trainImages: evaluationImages(train, options),
    testImages: evaluationImages(test, options),
  };
  return { train, knnData, notes };
}
