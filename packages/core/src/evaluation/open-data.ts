import path from "node:path";

import { isAddress } from "@tssl/augment-zoo";

import { evaluationSources, type NamedSource } from "../config/evaluation-sources.ts";
import type { RunSettings } from "../config/run-settings.ts";
import type { ImageSet } from "../data/image-set.ts";
import { findImages } from "../data/read-images.ts";
import { notesOn, splitsNotice } from "../data/what-to-tell.ts";
import { fewerNeighbours, noKnnWithoutLabels, noKnnWithoutTest } from "../messages/notices.ts";
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
 * @param tell is told the notes, and what takes a while.
 * @throws {TsslError} INVALID_DATA or INVALID_OPTION, before any network is made.
 */
export async function openData(
  settings: RunSettings,
  tell: (sentence: string) => void = () => {},
): Promise<RunData> {
  const data = await findData(settings, tell);
  for (const note of data.notes) tell(note);
  return data;
}

async function findData(settings: RunSettings, tell: (sentence: string) => void): Promise<RunData> {
  const train = await findImages(settings.data.train, tell);
  const sources = evaluationSources(settings);
  if (sources.test === undefined) {
    const splits = splitsNotice(train);
    const why = noKnnWithoutTest(train.labels !== undefined);
    return { train, notes: [...notesOn(train), ...(splits === undefined ? [] : [splits]), why] };
  }
  const open = async ({ option, source }: NamedSource): Promise<NamedImages> => ({
    option,
    images: isSameSource(source, settings.data.train) ? train : await findImages(source, tell),
  });
  const labelled = await open(sources.train);
  const test = await open(sources.test);
  const notes = [...new Set([train, labelled.images, test.images])].flatMap(notesOn);
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
  const fewer = k === null && length < USUAL_NEIGHBOURS;
  return { train, knnData, notes: fewer ? [...notes, fewerNeighbours(length, USUAL_NEIGHBOURS)] : notes };
}

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
