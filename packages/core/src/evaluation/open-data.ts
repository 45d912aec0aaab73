import path from "node:path";

import { isAddress } from "@tssl/augment-zoo";

import { evaluationSources, type NamedSource } from "../config/evaluation-sources.ts";
import type { RunSettings } from "../config/run-config.ts";
import type { ImageSet } from "../data/image-set.ts";
import { readImages } from "../data/read-images.ts";
import { invalidOption } from "../errors.ts";
import { classesArePartsOfASet, fewerNeighbours, noKnnWithoutLabels, noKnnWithoutTest } from "../messages.ts";
import { type KnnData, knnDataOf } from "./evaluate-knn.ts";
import { evaluationOptions } from "./images.ts";
import { USUAL_NEIGHBOURS } from "./knn.ts";
import { labelsAmong, type NamedImages } from "./shared-classes.ts";

/** The data of a run. */
export interface RunData {
  readonly train: ImageSet;
  /**
   * The labelled images of kNN; absent where there are none. Its `train` is the very `train` of the run where
   * the config names no other labelled images.
   */
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
  const train = await readImages(settings.data.train, tell);
  const sources = evaluationSources(settings);
  const notes = arePartsOfASet(train.classes) ? [classesArePartsOfASet("data.train", train.classes)] : [];
  if (sources.test === undefined) {
    return { train, notes: [...notes, noKnnWithoutTest(train.labels !== undefined)] };
  }
  const open = async ({ option, source }: NamedSource): Promise<NamedImages> => ({
    option,
    images: isSameSource(source, settings.data.train) ? train : await readImages(source, tell),
  });
  const labelled = await open(sources.train);
  const test = await open(sources.test);
  const unlabelled = [
    ...(labelled.images.labels === undefined ? [labelled] : []),
    ...(labelsAmong(labelled.images.classes, test.images) === undefined ? [test] : []),
  ][0];
  if (unlabelled?.option.startsWith("data.") === true) {
    const { option, images } = unlabelled;
    return { train, notes: [...notes, noKnnWithoutLabels(option, images.files.length, strayImages(images))] };
  }
  const knnData = knnDataOf(labelled, test, evaluationOptions(settings));
  const { k } = settings.evaluation;
  const { length } = labelled.images.files;
  if (k !== null && k > length)
    throw invalidOption("evaluation.k", `at most the ${length} labelled images`, k);
  const fewer = k === null && length < USUAL_NEIGHBOURS;
  return { train, knnData, notes: fewer ? [...notes, fewerNeighbours(length, USUAL_NEIGHBOURS)] : notes };
}

/** Names of folders that hold the parts of a data set. */
const PARTS = ["train", "test", "val", "valid", "validation", "unlabeled", "unlabelled"];

const arePartsOfASet = (classes: readonly string[]): boolean =>
  classes.includes("train") && classes.every((name) => PARTS.includes(name));

const isSameSource = (one: string, other: string): boolean =>
  isAddress(one) ? one === other : !isAddress(other) && path.resolve(one) === path.resolve(other);

/** The images that lie in no class folder, where others lie in several. */
function strayImages({ names }: ImageSet): readonly string[] {
  const strays = names.filter((name) => !name.includes("/"));
  const folders = new Set(
    names.flatMap((name) => (name.includes("/") ? [name.slice(0, name.indexOf("/"))] : [])),
  );
  return folders.size < 2 ? [] : strays;
}
