// Notices: what a run met, and how it continues.

import type { EngineInfo } from "@tssl/engine";

import type { DataLedger } from "../data/data-ledger.ts";
import { leftOutText } from "../data/ledger-text.ts";
import { messageOf } from "../errors.ts";
import { bytes, count } from "../text/numbers.ts";
import { shapeText } from "../text/shape-text.ts";
import { shellPath } from "../text/shell-path.ts";
import { someOf } from "../text/some-of.ts";
import { type Change, changeText } from "./checkpoint.ts";

export const indexingShards = (source: string, folder: string): string =>
  `Indexing the shards of ${source}. This happens once: the indexes are kept in ${folder}.`;

export const noEndMark = (shard: string, bytes: number): string =>
  `${shard} ends at byte ${bytes} without tar's end mark. Its last member is whole; if it should hold ` +
  `more, copy it again.`;

export const indexedShards = (done: number, all: number, images: number): string =>
  `Indexed ${done} of ${all} shards, ${count(images)} images.`;

/** @param labelled whether the training images have labels. */
export const noKnnWithoutTest = (labelled: boolean): string =>
  "There is no kNN accuracy during training: the config names no images to classify. " +
  (labelled
    ? "To get it, set data.test to labelled images of the same classes."
    : "To get it, set evaluation.train and evaluation.test to labelled images.");

/**
 * @param option "data.train" or "data.test".
 * @param strays images that lie in no class folder, where others do.
 */
export function noKnnWithoutLabels(option: string, images: number, strays: readonly string[]): string {
  const why =
    strays.length === 0
      ? `the images of ${option} have no labels`
      : `${count(strays.length)} of ${count(images)} images of ${option} ` +
        `${strays.length === 1 ? "lies" : "lie"} in no class folder (${someOf(strays)}), so none has a label`;
  const train = option === "data.train";
  const remedy = train
    ? "set evaluation.train to labelled images with the classes of the test images"
    : `set ${option} to labelled images of the same classes`;
  const move = strays.length === 0 ? "" : `${strays.length === 1 ? "move it" : "move them"} away, or `;
  return `There is no kNN accuracy during training: ${why}. To get it, ${move}${remedy}.`;
}

/** Test images that are in another set of images too. */
export interface TestOverlap {
  readonly count: number;
  /** False where there may be more. */
  readonly isWhole: boolean;
  readonly example: { readonly name: string; readonly other: string };
}

/**
 * @param as what the images of the other set are: training images to search or to learn from, labelled images
 * apart from the training images, or training images that only the encoder saw.
 * @param images all test images.
 * @param measure what is measured with them: "kNN", "the accuracy".
 */
export function testImagesAmong(
  as: "training" | "labelled" | "seen",
  images: number,
  { count: found, isWhole, example: { name, other } }: TestOverlap,
  measure: string,
): string {
  const one = found === 1 && isWhole;
  const [it, its] = one ? ["it", "its label"] : ["them", "their labels"];
  const kind = as === "labelled" ? "labelled image" : "training image";
  return (
    `${isWhole ? "" : "At least "}${count(found)} of ${count(images)} test images ` +
    `${one ? `is a ${kind}` : `are ${kind}s`} too (${name} = ${other}${one ? "" : ", …"}): ` +
    (as === "seen" ? `the encoder has seen ${it}, without ${its}.` : `${measure} is too high by ${it}.`)
  );
}

/** @param problem what is wrong with it, such as "step: must be >= 0, got -1". */
export const keptEvaluationInvalid = (file: string, problem: string): string =>
  `${file} is not a valid evaluation: ${problem}. It is left out.`;

/** @param images all labelled images. */
export const fewerNeighbours = (images: number, usual: number): string =>
  `kNN uses all ${count(images)} labelled images as neighbours (k = ${images}), because there are fewer ` +
  `than ${usual}. Set evaluation.k for another number.`;

export const CHECKPOINT_WAITS =
  "The first checkpoint waits until 4 KiB of every image were read: resuming needs to know the images.";

/** @param source absolute path or address of the images. */
export const filesLeftOut = (source: string, { found, images, labels, leftOut }: DataLedger): string =>
  `${count(found - images - labels)} of ${count(found)} files ` +
  `${found - images - labels === 1 ? "was" : "were"} left out: ${leftOutText(leftOut)}. tssl data ` +
  `${shellPath(source)} shows all.`;

/** @param strays images that lie in the root itself, while others lie in folders. */
export const noKnnBecauseOfStrays = (strays: readonly string[], images: number): string => {
  const more = strays.length > SHOWN_STRAYS ? ", …" : "";
  const named = strays.slice(0, SHOWN_STRAYS).join(", ");
  return (
    `${count(strays.length)} of ${count(images)} images ${strays.length === 1 ? "lies" : "lie"} in no ` +
    `class folder: ${named}${more}, so there are no classes and kNN accuracy is not measured.`
  );
};

/** Images without a class folder that a sentence names. */
const SHOWN_STRAYS = 3;

export const noKnnWithoutClasses = (source: string): string =>
  `${source} has no classes, so kNN accuracy is not measured.`;

export const noKnnWithoutClassFolders = (source: string): string =>
  `${source} has no class folders, so kNN accuracy is not measured.`;

export const noKnnWithOneClass = (source: string, folder: string): string =>
  `All images of ${source} lie in one folder, ${folder}. Classes need two or more, so kNN accuracy is not ` +
  `measured.`;

/** @param classes those whose folders stand under two spellings. */
export const classesJoined = (source: string, classes: readonly string[]): string =>
  `In ${source} ${classes.length === 1 ? "a class stands" : `${classes.length} classes stand`} under two ` +
  `spellings that look alike, with composed and with decomposed letters, and ` +
  `${classes.length === 1 ? "is one class" : "are one class each"}: ${classes.join(", ")}.`;

/** @param folders all that the root holds: "train" and "test", or the like. */
export function splitsAreClasses(source: string, folders: readonly string[]): string {
  const root = shellPath(source);
  const test = folders.find((folder) => !/^train/i.test(folder));
  const train = folders.find((folder) => /^train/i.test(folder));
  return (
    `${root} holds only the folders ${folders.join(" and ")}, which become classes, and all images are ` +
    `trained on. If they are a training and a test set, write ` +
    `data: { train: ${root}/${train}, test: ${root}/${test} }.`
  );
}

/** @param problem a sentence. */
export const usingEarlierCheckpoint = (problem: string): string =>
  `${problem} Using the checkpoint before it.`;

export const NO_CHECKPOINT_YET = "The run ended before its first checkpoint, and starts from the beginning.";

export const otherEnvironment = (changes: readonly Change[]): string =>
  `This environment differs from the one before (${changes.map(changeText).join("; ")}). ` +
  "Results may differ in the last bits.";

export const gpusIdle = (cards: number, replicas: number): string =>
  `This machine has ${cards} GPUs, and this run trains on ${replicas}. --set engine.replicas=${cards} uses ` +
  "all of them, where they divide the images of a forward pass.";

export const FINE_TUNING_OF_OTHERS =
  "It is of another checkpoint, of other images or by another version of tssl.";

/** A GPU that is there, and why the run does not compute on it. */
export const gpuNotUsed = ({ problem, remedy }: EngineInfo["gpuProblem"] & object): string =>
  `Steps run on the CPU. ${problem} ${remedy}`;

export const runFinishedBefore = (folder: string, steps: number): string =>
  `${folder} has finished: all ${count(steps)} steps are taken. Nothing was trained or changed.`;

/** The user allowed a run to go on whose log has lost rows. */
export const metricsLackRows = (found: number, expected: number): string =>
  `metrics.jsonl has ${count(found)} of ${count(expected)} rows: curves have a gap before the next step.`;

/** A session of a resumed run that took no step. */
export const leftAsItWas = (folder: string): string => `No step was taken, so ${folder} was left as it was.`;

export const METRICS_WAIT = "The disk is full: metrics are kept in memory until the next checkpoint.";

export const OUTCOME_NOT_WRITTEN = "The disk is full: outcome.json could not be written.";

/** A phrase: why a run has failed. */
export const END_NOT_SAVED = "the disk is full, and the end of the run could not be saved";

/** @param last the name of the newest checkpoint that is saved. */
export const checkpointNotSaved = (name: string, last: string | undefined): string =>
  `The disk is full: ${name} could not be saved. ` +
  `${last === undefined ? "There is no earlier checkpoint" : `The newest checkpoint is ${last}`}. ` +
  "Training continues, and saves again at the next checkpoint.";

export const statisticsNotKept = (error: unknown): string =>
  `The settled statistics of the untrained encoder cannot be kept (${messageOf(error)}). tssl evaluate ` +
  "will measure the untrained encoder with the statistics that batch norm starts with.";

export const noFeatureMap = (cause: unknown): string =>
  `The map of the features could not be made: ${messageOf(cause)}`;

/** @param more bytes that a step takes; `free`: bytes that the machine can still give. */
export const stepTooLarge = (more: number, free: number): string =>
  `A step needs about ${bytes(more)} more memory, and ${bytes(free)} are free: the system may end the run. ` +
  "Set a smaller batchSize, split the batch with accumulate, or set the recompute option of a ResNet.";

/** @param where "[moco] step" */
export const tensorLeft = (where: string, shape: readonly number[], dtype: string): string =>
  `${where} leaves a tensor (${shapeText(shape)} ${dtype}) behind in every step. ` +
  "Pass what `after` reads through `keep` of the context, not tf.keep; make what lives longer with build, " +
  "as state.";
