// The sentences of errors INVALID_OPTION. Rules on a single value use `invalidOption` of errors.ts instead.

import { invalidOption, TsslError } from "../errors.ts";
import { bytes, count, counted } from "../text/numbers.ts";
import { someOf } from "../text/some-of.ts";

export const accumulateDoesNotDivide = (batchSize: number, accumulate: number): TsslError =>
  new TsslError("INVALID_OPTION", `accumulate must divide batchSize (${batchSize}), got ${accumulate}.`, {
    data: { path: "accumulate", got: accumulate, batchSize },
  });

/** @param images of one forward pass of all replicas. */
export const replicasDoNotDivide = (images: number, replicas: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `engine.replicas must divide ${images}, the images of one forward pass (batchSize / accumulate), got ` +
      `${replicas}.`,
    { data: { path: "engine.replicas", got: replicas, images } },
  );

export const groupsOverReplicas = (plugin: string, groups: number, replicas: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `plugins.${plugin}.batchNormGroups must be 1 or a multiple of the ${replicas} replicas, got ${groups}.`,
    { data: { path: `plugins.${plugin}.batchNormGroups`, got: groups, replicas } },
  );

/** @param images of one forward pass of all replicas. */
export const unevenGroups = (plugin: string, images: number, groups: number): TsslError =>
  invalidOption(
    `plugins.${plugin}.batchNormGroups`,
    `a divisor of ${images}, the images of one forward pass (batchSize / accumulate)`,
    groups,
  );

export const nothingToShuffle = (plugin: string): TsslError =>
  invalidOption(
    `plugins.${plugin}.shuffleBatchNorm`,
    "false if batchNormGroups is 1, because shuffling has no effect then",
    true,
    "Set batchNormGroups to 8, as on MoCo's 8 GPUs.",
  );

export const batchLargerThanSet = (images: number, batchSize: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `batchSize must be at most the ${images} training images, got ${batchSize}.`,
    { data: { path: "batchSize", got: batchSize, images } },
  );

/** @param name of a value of the state: "moco.keys.rows". @param needed bytes of the state with it. */
export function stateTooLarge(
  name: string,
  shape: readonly number[],
  needed: number,
  memory: number,
): TsslError {
  const [plugin] = name.split(".");
  return new TsslError(
    "INVALID_OPTION",
    `plugins.${plugin!}: its state ${name} of ${shape.map(count).join(" x ")} numbers brings the run to ` +
      `${bytes(needed)}, and the machine has ${bytes(memory)}. Set smaller sizes there, or a smaller ` +
      `encoder.`,
    { data: { path: `plugins.${plugin!}`, name, shape, needed, memory } },
  );
}

/** @param encoder as configs call it. @param dim length of a token. */
export const headsDoNotDivide = (encoder: string, dim: number, heads: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `encoder.heads must divide ${dim}, the length of a token of ${encoder}, got ${heads}.`,
    { data: { path: "encoder.heads", dim, got: heads } },
  );

/** @param imageSize height and width. */
export const patchesDoNotFit = (imageSize: readonly number[], patchSize: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `encoder.patchSize must divide imageSize (${imageSize.join(" x ")} pixels), got ${patchSize}.`,
    { data: { path: "encoder.patchSize", imageSize, got: patchSize } },
  );

/** @param encoder its name. @param size `[height, width]` of the view. @param least side in pixels. */
export const viewTooSmall = (encoder: string, size: readonly number[], least: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `${encoder} takes images of at least ${least} x ${least} pixels, and a view has ${size.join(" x ")}. ` +
      "Set a larger imageSize, or larger views or patches of the plugin.",
    { data: { path: "imageSize", encoder, size, least } },
  );

/** @param needed bytes of the batches of views that wait for their step. */
export const viewsTooLarge = (needed: number, memory: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `batchSize: the views of the batches that are made ahead take ${bytes(needed)}, and the machine has ` +
      `${bytes(memory)}. Set a smaller batchSize or imageSize, or split the batch with accumulate.`,
    { data: { path: "batchSize", needed, memory } },
  );

/** @param option "data.workers" or "engine.threads". */
export const moreThreadsThanCores = (option: string, got: number, most: number, cores: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `${option} must be at most ${most} on this machine, which has ${counted(cores, "core")}, ` +
      `got ${got}.`,
    { data: { path: option, got, most, cores } },
  );

/** @param mode one of TensorFlow's, with another backend. */
export const modeOfTensorflow = (mode: string): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `engine.mode ${mode} is TensorFlow's, and engine.backend is pjrt. Leave engine.mode out, or set ` +
      "engine.backend to tensorflow.",
    { data: { path: "engine.mode", got: mode } },
  );

export const heldOutWithoutLabels = (): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    "checkpoint.best must be knn or rank where there are no labelled images to hold some out of, got " +
      "held-out. Set evaluation.test, or rank, which needs no labels.",
    { data: { path: "checkpoint.best", got: "held-out" } },
  );

/** @param option the option or flag that names the images: "evaluation.train", "--test". */
export const imagesWithoutLabels = (option: string, source: string): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `${option} must name labelled images, in class folders or in shards. The images of ${source} have no ` +
      `labels.`,
    { data: { path: option, source } },
  );

/** @param plugin the plugin of a run whose representation evaluation sees. */
export const representationUnknown = (runFolder: string, plugin: string): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `The run in ${runFolder} is evaluated by the representation of its plugin "${plugin}". Pass that ` +
      "plugin and the run's optimizer in the registry too.",
    { data: { path: "registry", plugin, runFolder } },
  );

export const projectionsUnknown = (runFolder: string): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `The projection head of the run in ${runFolder} is made by its plugins. Pass them and the run's ` +
      "optimizer in the registry too.",
    { data: { path: "registry", runFolder } },
  );

export const representationNotProjected = (runFolder: string, plugin: string): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `The run in ${runFolder} is evaluated by the representation of its plugin "${plugin}", and has no ` +
      "projection of a whole image. Ask for features.",
    { data: { path: "projections", plugin, runFolder } },
  );

/** Classes of the images that an option names. */
export interface NamedClasses {
  readonly option: string;
  readonly classes: readonly string[];
}

export const representationNotTrained = (): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    "A run that is evaluated by the representation of a plugin cannot be fine-tuned: only its encoder " +
      "could be, and that is another network.",
    { data: { path: "run" } },
  );

/** @param test its classes that the labelled images do not have. */
export const unknownClasses = (test: NamedClasses, train: NamedClasses): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `${test.option} has images of ${test.classes.length === 1 ? "a class" : "classes"} that ` +
      `${train.option} does not have: ${someOf(test.classes)}. The classes of ${train.option} are ` +
      `${someOf(train.classes)}.`,
    { data: { path: test.option, unknown: test.classes, known: train.classes } },
  );

/** A class that has too few images to train a linear SVM on. */
export interface TooFewImages {
  readonly name: string;
  /** Whether it is images with the class that are too few, or without it. */
  readonly kind: "with" | "without";
  readonly found: number;
  readonly needed: number;
}

/** @param none whether no test image has a class. */
export function tooFewForSvm(few: readonly TooFewImages[], none: boolean): TsslError {
  const texts = few.map(({ name, kind, found, needed }) => `${found} of ${needed} images ${kind} ${name}`);
  const problems = [
    ...(texts.length === 0 ? [] : [`--train has too few images for this protocol: ${someOf(texts)}`]),
    ...(none ? ["no image of --test has a class"] : []),
  ];
  const more = texts.length === 0 ? "" : " Add images, or take fewer --shots or --protocol pcl.";
  return new TsslError("INVALID_OPTION", `${problems.join("; ")}.${more}`, {
    data: { path: few.length === 0 ? "--test" : "--train", few },
  });
}

/** Completes "evaluation.test: ". */
export const twoTestSets = (evaluationTest: string, dataTest: string): string =>
  `names other images than data.test (${evaluationTest} and ${dataTest}). data.test is the short form of ` +
  "evaluation.test: set one of the two, or both to the same images";

/** Completes "evaluation.train: ". */
export const evaluationTestMissing = (): string =>
  "needs images to classify: set evaluation.test to labelled images of the same classes, or remove " +
  "evaluation.train";

/** Completes "encoder.freezeEpochs: ". */
export const freezingNeedsWeights = (): string =>
  "needs encoder.weights: an encoder whose values are drawn would learn nothing in these epochs";

/** Completes "encoder.freezeEpochs: ". */
export const frozenForWholeRun = (frozen: number, length: number): string =>
  `must be less than epochs (${length}), got ${frozen}: the encoder would never move`;
