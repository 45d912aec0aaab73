/**
 * The sentences of this package: errors in the order of their codes, then notices, advice and the findings on
 * a run's health. `messages.test.ts` has each of them once. Rules on a single value use `invalidOption` and
 * `shapeMismatch` of errors.ts instead; the conformance kit has its sentences in testing/messages.ts.
 */

import type { ImageError, NarrowImage } from "@tssl/augment-zoo";
import type { EngineInfo, HeldLock } from "@tssl/engine";

import type { DataLedger } from "./data/data-ledger.ts";
import { messageOf, TsslError } from "./errors.ts";
import { isMissing } from "./files/is-missing.ts";
import { leftOutText } from "./data/ledger-text.ts";
import { didYouMean } from "./text/did-you-mean.ts";
import { bytes, count, counted, epochs, percent } from "./text/numbers.ts";
import { listed } from "./text/listed.ts";
import { shellPath } from "./text/shell-path.ts";

const quoted = (value: unknown): string => JSON.stringify(value);

const shapeText = (shape: readonly (number | null)[]): string => `[${shape.map(String).join(", ")}]`;

// INVALID_CONFIG

export const configNotParsed = (): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    "runTraining: config must be what parseConfig returns, with defaults and checked: " +
      'runTraining({ config: parseConfig({ … }, { plugins, encoders, optimizers }, "my program"), … }).',
  );

/** Completes "plugins.mine: ". @param cause of ajv. */
export const schemaUnusable = (cause: Error): string =>
  `the JSON schema of its options cannot be used: ${cause.message}`;

/** Reasons why a file or a value cannot be read as a config. */
export const folderForFile = (): Error => new Error("it is a folder");
export const noRegularFile = (): Error => new Error("it is a pipe or a device, not a file");
export const nameTooLong = (most: number): Error => new Error(`a name in it has more than ${most} bytes`);
export const systemFolder = (): Error => new Error("it is a part of /proc or /sys, where no images are");
export const fileTooLong = (size: number, most: number): Error =>
  new Error(`it has ${bytes(size)}, and at most ${bytes(most)} are read`);
/** @param zero place of the first zero byte; absent where bytes are no UTF-8. */
export const binaryFile = (zero?: number): Error =>
  new Error(zero === undefined ? "it is not UTF-8 text" : `it is not text: byte ${zero} is 0`);
export const nestedTooDeep = (most: number): Error =>
  new Error(`lists and sections lie in each other at more than ${most} levels`);
/** @param source as it is written. */
export const integerNotExact = (source: string): Error =>
  new Error(
    `${shortened(source)} is beyond ${count(Number.MAX_SAFE_INTEGER)}, up to which whole numbers are exact`,
  );

const shortened = (text: string): string => (text.length <= 40 ? text : `${text.slice(0, 40)}…`);

type Shapes = readonly (readonly (number | null)[])[];

export function encoderShapes(encoder: string, inputs: Shapes, outputs: Shapes): TsslError {
  const [from, to] = [inputs, outputs].map((shapes) => shapes.map(shapeText).join(" and "));
  return new TsslError(
    "INVALID_CONFIG",
    `encoder "${encoder}": the model must go from one [null, height, width, 3] to one [null, D] or ` +
      `[null, height, width, D], found ${from} to ${to}.`,
    { data: { encoder, inputs, outputs } },
  );
}

/** @param size height and width in pixels that the model takes; null: any. */
export const viewOfOtherSize = (
  encoder: string,
  size: readonly (number | null | undefined)[],
  view: readonly number[],
): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `encoder "${encoder}": the model takes images of ${size.join(" x ")} pixels, but a view has ` +
      `${view.join(" x ")}. Give the model inputShape [null, null, 3], or make all views one size.`,
    { data: { encoder, size, view } },
  );

/** A layer of an encoder made of a `tf.LayersModel`. */
export interface EncoderLayer {
  readonly encoder: string;
  readonly layer: string;
  readonly className: string;
}

const layerText = ({ encoder, layer, className }: EncoderLayer): string =>
  `encoder "${encoder}": layer "${layer}" (${className})`;

export const randomLayer = (at: EncoderLayer): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${layerText(at)} draws random numbers in each step, which the run's seed does not fix. Set its rate ` +
      `to 0, or end the encoder before it: ` +
      `tf.model({ inputs: model.inputs, outputs: model.getLayer("…").output }).`,
    { data: { ...at } },
  );

export const statisticsOfOneReplica = (at: EncoderLayer): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${layerText(at)} normalizes by the images of one replica alone, so the running statistics of ` +
      "several replicas would drift apart. Set engine.replicas to 1, or build the encoder of @tssl/core's " +
      "batchNorm.",
    { data: { ...at } },
  );

/** @param option the layer's "kernelRegularizer", "biasConstraint", … */
export function layerOptionIgnored(at: EncoderLayer, option: string): TsslError {
  const remedy = option.endsWith("Regularizer")
    ? "Remove it; the optimizer's weightDecay does the same for all weights."
    : "Remove it.";
  return new TsslError(
    "INVALID_CONFIG",
    `${layerText(at)} has a ${option}, which training does not apply. ${remedy}`,
    { data: { ...at, option } },
  );
}

// INVALID_OPTION

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

export const replicasOfTensorflow = (replicas: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `engine.replicas ${replicas} needs the plugin of a device (engine.backend pjrt), and TensorFlow ` +
      'computes this run. Run "npx tssl-engine-setup --gpu", or leave engine.replicas at 1.',
    {
      data: { path: "engine.replicas", got: replicas },
    },
  );

export const groupsOverReplicas = (plugin: string, groups: number, replicas: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `plugins.${plugin}.batchNormGroups must be 1 or a multiple of the ${replicas} replicas, got ${groups}.`,
    { data: { path: `plugins.${plugin}.batchNormGroups`, got: groups, replicas } },
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

/** "cat, dog, ship"; of many names the first ten, and how many there are. */
const someOf = (names: readonly string[]): string =>
  names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")}, … (${count(names.length)})`;

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

// INVALID_PLUGIN: how plugins go together

export const otherContract = (plugin: string, contract: number, own: number): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] was written for contract ${contract}, and this version of tssl has contract ${own}. ` +
      `Update the plugin.`,
    { data: { plugin, contract, own } },
  );

export const listedTwice = (plugin: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `plugins: "${plugin}" is listed more than once. Keep one of them.`, {
    data: { plugin },
  });

/** @param plugins the two that publish it. */
export function publishedTwice(plugins: readonly [string, string], publication: string): TsslError {
  const [first, second] = plugins;
  return new TsslError(
    "INVALID_PLUGIN",
    `plugins: "${first}" and "${second}" both publish "${publication}". Keep one of them.`,
    { data: { plugins, publication } },
  );
}

/** @param methods the plugins beside it that take images. */
export function nothingPublishes(plugin: string, publication: string, methods: readonly string[]): TsslError {
  const missing =
    methods.length === 0
      ? "none of these does. Add a method such as moco."
      : `${listed(methods)} ${methods.length === 1 ? "does" : "do"} not. Use a method that does, such as moco, ` +
        `or leave "${plugin}" out.`;
  return new TsslError(
    "INVALID_PLUGIN",
    `plugins: "${plugin}" needs a plugin that publishes "${publication}", and ${missing}`,
    { data: { plugin, publication, methods } },
  );
}

export const requiredInACircle = (plugins: readonly string[]): TsslError =>
  new TsslError("INVALID_PLUGIN", `plugins: ${plugins.join(", ")} require each other in a circle.`, {
    data: { plugins },
  });

/** @param other the plugin that asked for a view of this name first. */
export const viewsDiffer = (plugin: string, other: string, view: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] asks for a view "${view}" that differs from the view "${view}" of [${other}]. Plugins ` +
      `share views of one name: give this one another name.`,
    { data: { plugin, other, view } },
  );

export const noViews = (): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    "plugins: none of them asks for a view, so there is nothing to train on. Add a method such as moco.",
  );

/** @param plugins those that train an encoder: none, or several. */
export const notOneEncoder = (plugins: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    plugins.length === 0
      ? "plugins: exactly one must train an encoder, and none does. Add a method such as moco."
      : `plugins: exactly one must train an encoder, and ${plugins.join(" and ")} do. Keep one of them.`,
    { data: { plugins } },
  );

// INVALID_PLUGIN: what a plugin's hooks do

/**
 * @param readsFreed true where the error comes from a tensor that has been freed.
 * @param place in the module that the plugin's author wrote: "barlow-twins.ts:31:32".
 */
export const hookFailed = (
  plugin: string,
  hook: string,
  cause: unknown,
  { readsFreed = false, place }: { readonly readsFreed?: boolean; readonly place?: string } = {},
): TsslError => {
  const reason = messageOf(cause);
  const at = place === undefined || reason.includes(place) ? "" : ` (at ${place})`;
  const hint = readsFreed ? " A tensor of `step` that `after` reads must pass through `keep`." : "";
  return new TsslError("INVALID_PLUGIN", `[${plugin}] ${hook} failed: ${reason}${at}${hint}`, {
    cause,
    data: { plugin, hook, reason, ...(place === undefined ? {} : { place }) },
  });
};

/** The reason why a step fails that reads views or patches of a name that nobody asked for. */
export const noSuchView = (kind: "views" | "patches", name: string, known: readonly string[]): Error => {
  const there = known.length === 0 ? `${kind} is empty` : `${kind} has ${known.join(", ")}`;
  return new Error(`there is no view "${name}"; ${there}.${didYouMean(name, known)}`);
};

/**
 * @param what "what step returns", or "the term "spread" of step".
 * @param keys that it has or may have: "terms: { … }".
 */
export const notAnObjectWith = (plugin: string, what: string, keys: string, got: unknown): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] ${what} must be an object with ${keys}, got ${valueText(got)}.`,
    { data: { plugin, what } },
  );

/** @param key one that the contract does not know. */
export const unknownKey = (plugin: string, what: string, key: string, known: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] ${what} has an unknown "${key}".${didYouMean(key, known)} Known: ${known.join(", ")}.`,
    { data: { plugin, what, key } },
  );

/** @param got the shape of a tensor, or what is there instead of one. */
export const notAScalar = (plugin: string, what: string, got: unknown): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    Array.isArray(got)
      ? `[${plugin}] step: ${what} must be a scalar, got a tensor of shape ${shapeText(got as number[])}. ` +
          "Take its mean or its sum."
      : `[${plugin}] step: ${what} must be a tensor without dimensions, got ${valueText(got)}.`,
    { data: { plugin, what, got } },
  );

const valueText = (value: unknown): string =>
  typeof value === "object" && value !== null ? `{ ${Object.keys(value).join(", ")} }` : String(value);

export const notOwnNetwork = (plugin: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] emaOf needs a network that this plugin made with build.network.`,
    { data: { plugin } },
  );

/** @param parameter of the leader, without the leader's name: "conv.weight". */
export const parameterMissing = (follower: string, leader: string, parameter: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `${follower} has no parameter "${parameter}" to follow ${leader}: the encoder must give its parameters ` +
      `the same names each time it is built.`,
    { data: { follower, leader, parameter } },
  );

export const stateExists = (name: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `State "${name}" exists already. Choose another name.`, {
    data: { name },
  });

export const stateMissing = (name: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `There is no state "${name}".`, { data: { name } });

export const inputMissing = (name: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `The run has no input "${name}". Make it with build.input, in setup.`, {
    data: { name },
  });

export const notPublished = (publication: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `"${publication}" was not published in this step. List it in \`requires\`: its publisher then runs ` +
      `first.`,
    { data: { publication } },
  );

/** @param views the shape of each view's embeddings. */
export const embeddingsDisagree = (views: Readonly<Record<string, readonly number[]>>): TsslError => {
  const got = Object.entries(views).map(([view, shape]) => `${view} ${shapeText(shape)}`);
  return new TsslError(
    "INVALID_PLUGIN",
    "The published embeddings must be those of two or more views, all of one shape [B, D], " +
      `got ${got.join(", ")}.`,
    { data: { views } },
  );
};

export const variableNotInState = (): TsslError =>
  new TsslError("INVALID_PLUGIN", "The variable is not part of the run's state. Make it with build.");

export const stateOfAnotherPlugin = (plugin: string, name: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `"${name}" belongs to another plugin. A plugin may write its own state alone.`,
    { data: { plugin, name } },
  );

/** @param parameters names of those that the run trains. */
export const nothingToFreeze = (frozen: string, parameters: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `phase: the run has no trained parameter "${frozen}" to freeze. It has ${parameters.join(", ")}.`,
    { data: { frozen, parameters } },
  );

// INVALID_DATA: images, folders and lists

export const noImageFolder = (folder: string, cause: unknown): TsslError => {
  const reason = isMissing(cause) ? "there is no such folder" : messageOf(cause);
  return new TsslError("INVALID_DATA", `${folder} must be a folder of images, but ${reason}.`, {
    cause,
    data: { folder, reason },
  });
};

/** The reason why a path is not a folder of images. */
export const isAFile = (): Error =>
  new Error("it is a file (a list of images ends with .txt, a shard with .tar)");

/** @param ledger of a folder, list or shard that holds no images. */
export function noImages(
  source: string,
  extensions: readonly string[],
  { found, leftOut }: DataLedger,
): TsslError {
  const inside = found === 0 ? "it is empty" : `found ${leftOutText(leftOut)}`;
  return new TsslError("INVALID_DATA", `${source} holds no images (${extensions.join(", ")}); ${inside}.`, {
    data: { source, leftOut },
  });
}

/** @param image "shards/s-0.tar:cat/1.jpg" */
export const imageUnreadable = (image: string, reason: string, cause: unknown): TsslError =>
  new TsslError("INVALID_DATA", `${image} cannot be read: ${reason}.`, { cause, data: { image, reason } });

/** @param error of a loader, with the file and how many may be corrupt. */
export const tooManyUnreadable = (error: ImageError): TsslError =>
  new TsslError("INVALID_DATA", `${error.message} To let more pass, raise data.maxCorruptShare.`, {
    cause: error,
    data: { path: "data.maxCorruptShare", ...error.data },
  });

/** A list or a tar archive that cannot be opened. */
export const dataUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("INVALID_DATA", `${file} cannot be read: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

/** The reason why a pipe, a device or a folder is not read as a file. */
export const notAPlainFile = (): Error => new Error("it is no file, but a folder, a pipe or a device");

/** A line of a list of images that cannot be used. */
export interface WrongLine {
  readonly line: number;
  readonly text: string;
  /** The earlier line with the same file; absent where the line names no image. */
  readonly repeats?: number;
}

/** Lines that a message shows. */
const SHOWN_LINES = 5;

export function wrongLines(list: string, lines: readonly WrongLine[]): TsslError {
  const texts = lines
    .slice(0, SHOWN_LINES)
    .map(
      ({ line, text, repeats }) =>
        `line ${line} (${text}) ${repeats === undefined ? "is not an image" : `repeats line ${repeats}`}`,
    );
  const more = lines.length > SHOWN_LINES ? `; and ${lines.length - SHOWN_LINES} more` : "";
  return new TsslError("INVALID_DATA", `${list}: ${texts.join("; ")}${more}.`, { data: { list, lines } });
}

export const listEmpty = (list: string, extensions: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${list} lists no images (${extensions.join(", ")}). Write one path on each line.`,
    { data: { list } },
  );

export const listWithoutClasses = (list: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${list} names no class. Write the classes of an image behind its path, with tabs between.`,
    { data: { list } },
  );

// INVALID_DATA: folders of VOC's form

/** @param main its ImageSets/Main. */
export const vocSplitMissing = (main: string, parts: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${main} has neither ${parts.map((part) => `${part}.txt or <class>_${part}.txt`).join(" nor ")}.`,
    { data: { folder: main, parts } },
  );

/** @param wrong "cat_test.txt:3: 000012 2", or files. @param must what each must hold. */
export function vocFilesWrong(folder: string, wrong: readonly string[], must: string): TsslError {
  const more = wrong.length > SHOWN_LINES ? `; and ${wrong.length - SHOWN_LINES} more` : "";
  return new TsslError(
    "INVALID_DATA",
    `${folder}: ${wrong.slice(0, SHOWN_LINES).join("; ")}${more} must hold ${must}.`,
    { data: { folder, wrong } },
  );
}

// INVALID_DATA: tar shards

export const notAShard = (address: string): TsslError =>
  new TsslError("INVALID_DATA", `${address} must be a .tar file: only tar shards are read from servers.`, {
    data: { address },
  });

const SCHEME_REMEDIES: Readonly<Record<string, string>> = {
  hf: "For a file on Hugging Face write https://huggingface.co/datasets/OWNER/NAME/resolve/main/FILE.tar, with HF_TOKEN in the environment where it is private", // prettier-ignore
  s3: "Write an https:// address that the storage signs, or copy the shards to this machine (aws s3 sync)",
  gs: "Write https://storage.googleapis.com/BUCKET/FILE.tar, or copy the shards to this machine (gcloud storage rsync)", // prettier-ignore
  file: "Write the path itself",
  pipe: "Let the command write the shards to this machine, and name these",
};

/** @param scheme "s3" */
export const unknownScheme = (source: string, scheme: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${source}: images are read from paths, http:// and https://, not from ${scheme}:. ` +
      `${SCHEME_REMEDIES[scheme] ?? "Copy the shards to this machine"}.`,
    { data: { source, scheme } },
  );

export const addressWithPassword = (address: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${address} holds a password, which would be shown and kept. Give it in the environment instead: ` +
      'TSSL_HTTP_HEADERS="HOST Authorization: Basic …".',
    { data: { address } },
  );

export const addressWithoutSecrets = (address: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${address} is an address whose secrets were not kept. Give it whole: ` +
      "--set data.train=…, --set data.test=…, or in the config.",
    { data: { address } },
  );

/** @param range "{7..0}" */
export const wrongRange = (pattern: string, range: string, most: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${pattern}: ${range} must count upwards, and to at most ${count(most)} shards.`,
    { data: { pattern, range } },
  );

export const tooManyShards = (pattern: string, most: number): TsslError =>
  new TsslError("INVALID_DATA", `${pattern} stands for more than ${count(most)} shards.`, {
    data: { pattern },
  });

export const tooManyImages = (root: string, most: number): TsslError =>
  new TsslError("INVALID_DATA", `${root} holds more than ${count(most)} images. Name fewer shards.`, {
    data: { root, most },
  });

export const nestedBraces = (pattern: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${pattern}: braces within braces are not read. Write one pair after another.`,
    {
      data: { pattern },
    },
  );

export const noMatch = (pattern: string): TsslError =>
  new TsslError("INVALID_DATA", `No .tar file matches ${pattern}.`, { data: { pattern } });

export const starInAddress = (address: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${address}: * needs a list of files, which servers do not give. Write {000..007} or {000,003}.`,
    { data: { address } },
  );

const ARCHIVE_FAULTS = {
  "no header": (byte: number) => `there is no tar header at byte ${byte}. Copy it again, or make it again`,
  "damaged header": (byte: number) =>
    `the header at byte ${byte} is damaged. Copy it again, or make it again`,
  "long header": (byte: number) =>
    `the header at byte ${byte} has more than a MiB. Copy it again, or make it again`,
  "long name": (byte: number) =>
    `the name of the member at byte ${byte} has more than 4,096 characters. Make it again`,
  "many members": (byte: number) =>
    `the member at byte ${byte} is one more than 4,000,000. Split it into several archives`,
  zeros: (byte: number) =>
    `there is more than a MiB of zeros up to byte ${byte}. Copy it again, or make it again`,
} as const;

export const notAnArchive = (archive: string, byte: number, fault: keyof typeof ARCHIVE_FAULTS): TsslError =>
  new TsslError("INVALID_DATA", `${archive} is not a valid tar archive: ${ARCHIVE_FAULTS[fault](byte)}.`, {
    data: { archive, byte, fault },
  });

/**
 * A compressed file or an archive of another kind.
 *
 * @param byte where its mark stands.
 */
export const compressedArchive = (
  archive: string,
  byte: number,
  { format, mark, remedy }: { readonly format: string; readonly mark: string; readonly remedy: string },
): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${archive} is not a tar archive: byte ${byte} has ${format}'s mark ${mark}: ${remedy}.`,
    { data: { archive, byte, format, mark } },
  );

/** A name of a compressed archive, whose content was not looked at. */
export const compressedName = (archive: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${archive} is compressed, as its name says, and images are read from plain .tar files: decompress it.`,
    { data: { archive } },
  );

/** @param within the member that the archive ends in; absent where it ends in a header. */
export function archiveTruncated(
  archive: string,
  end: number,
  within?: { readonly name: string; readonly offset: number; readonly size: number },
): TsslError {
  const place =
    within === undefined
      ? "within a header"
      : `within ${within.name}, which has ${within.size} bytes from byte ${within.offset} on`;
  return new TsslError(
    "INVALID_DATA",
    `${archive} is truncated: it ends at byte ${end}, ${place}. Copy it again, or make it again.`,
    { data: { archive, end, ...(within === undefined ? {} : { within }) } },
  );
}

/** A member that is a label by its name, and says no class. */
export const notAClass = (shard: string, member: string, got: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} must say a class: a whole number from 0 on, or a name on one line of at most ` +
      `100 characters. It says ${quoted(got.length > 120 ? `${got.slice(0, 120)}…` : got)}.`,
    { data: { shard, member, got } },
  );

/** @param one two members of one sample. */
export const twoLabels = (shard: string, one: string, other: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard} has two labels for one image: ${one} and ${other}. Remove one of them.`,
    { data: { shard, members: [one, other] } },
  );

interface SaidLabel {
  readonly name: string;
  readonly value: string | number | null;
}

export const labelsDisagree = (shard: string, one: SaidLabel, other: SaidLabel): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard} has two labels for one image that differ: ${one.name} says ${quoted(one.value)}, ` +
      `${other.name} says ${quoted(other.value)}. Correct or remove one of them.`,
    { data: { shard, members: [one.name, other.name], values: [one.value, other.value] } },
  );

export const twoImages = (shard: string, one: string, other: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard} has two images for one sample: ${one} and ${other}. A sample has one image: ` +
      "remove one of them, or give each a name and a label of its own.",
    { data: { shard, members: [one, other] } },
  );

export const arraysBesideImages = (ofArrays: string, ofImages: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${ofArrays} holds arrays of NumPy (.npy) and no images, and ${ofImages} holds images. Arrays are images ` +
      "where no shard holds others: name the shards of one kind alone.",
    { data: { arrays: ofArrays, images: ofImages } },
  );

/** @param type "SymbolicLink", "Link", … */
export const memberNotAFile = (shard: string, member: string, type: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} must be a file, but it is a ${type}. ` +
      `Make the shard with tar --dereference --hard-dereference.`,
    { data: { shard, member, type } },
  );

export const memberTooLarge = (shard: string, member: string, bytes: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} has ${count(bytes)} bytes, more than an image that can be decoded. Remove it.`,
    { data: { shard, member, bytes } },
  );

/** @param source ".cls" @param examples names of images without a label. */
export const labelsMissing = (
  root: string,
  source: string,
  images: number,
  missing: number,
  examples: readonly string[],
): TsslError => {
  const more = missing > examples.length ? ", …" : "";
  return new TsslError(
    "INVALID_DATA",
    `${root}: ${count(missing)} of ${count(images)} images have no label (${examples.join(", ")}${more}); ` +
      `the others have one in their ${source} members. Give every image a label, or none.`,
    { data: { root, source, images, missing, examples } },
  );
};

/** @param label the name of one of the members. @param image the name of an image. */
export const labelsUnclaimed = (root: string, labels: number, label: string, image: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${root}: no image has a label, and ${count(labels)} .cls members belong to no image, such as ` +
      `${label}. A label is called like its image: 0001.cls for 0001.jpg; there is ${image}.`,
    { data: { root, labels, label, image } },
  );

export const labelsMixed = (
  image: string,
  value: string | number,
  otherImage: string,
  other: string | number,
): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `Labels must all be numbers or all be names: that of ${image} is ${quoted(value)}, ` +
      `that of ${otherImage} is ${quoted(other)}.`,
    { data: { images: [image, otherImage], values: [value, other] } },
  );

/** @param named how many classes the file names. @param fromOne whether no image is of class 0. */
export function classUnnamed(file: string, named: number, label: number, fromOne: boolean): TsslError {
  const hint = fromOne ? " Its first name is that of class 0, and no image is of class 0." : "";
  return new TsslError(
    "INVALID_DATA",
    `${file} must name every class, but it names ${named}, and there is an image of class ${label}.${hint}`,
    { data: { file, named, label } },
  );
}

/** @param image the name of an image of the class. */
export const classUnknown = (file: string, image: string, label: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${file} must name every class, but it does not name ${quoted(label)}, the class of ${image}.`,
    { data: { file, image, label } },
  );

export const classesDiffer = (file: string, other: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${file} and ${other} name other classes. Shards of one set need the same names in the same order.`,
    { data: { files: [file, other] } },
  );

export const classesUnusable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("INVALID_DATA", `${file} cannot be used: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

/** The reason why a file of classes cannot be used. */
export const notAListOfNames = (): Error => new Error("it must contain a list of distinct names");

export const shardsNotWritten = (folder: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("INVALID_DATA", `${folder} cannot be written: ${reason}.`, {
    cause,
    data: { folder, reason },
  });
};

export const shardExists = (file: string, prefix: string, folder: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${file} exists already. Remove the shards of "${prefix}" in ${folder}, or choose another folder.`,
    { data: { file, prefix, folder } },
  );

export const otherClassesNamed = (file: string): TsslError =>
  new TsslError("INVALID_DATA", `${file} names other classes. Choose another folder.`, { data: { file } });

// INVALID_DATA: evaluation

export const scoresMissing = (labels: number, classes: number, scores: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `classification: ${labels} labels of ${classes} classes need ${labels * classes} scores, got ${scores}.`,
    { data: { labels, classes, scores } },
  );

/** The size of a set's features, and the number of its labels. */
export interface LabelledSet {
  readonly features: readonly [count: number, dim: number];
  readonly labels: number;
}

export function featuresDisagree(train: LabelledSet, test: LabelledSet): TsslError {
  const text = ({ features, labels }: LabelledSet) => `${shapeText(features)} with ${labels} labels`;
  return new TsslError(
    "INVALID_DATA",
    `knn: features and labels must agree in number, and both sets in feature length, ` +
      `got ${text(train)} to train and ${text(test)} to test.`,
    { data: { train, test } },
  );
}

/** @param row of the points that k-means was given. */
export const pointsNotFinite = (row: number, value: number): TsslError =>
  new TsslError("INVALID_DATA", `kmeans: row ${row} must have finite numbers alone, got ${value}.`, {
    data: { row, value },
  });

// RUN_FOLDER

/** @param lock the file that keeps others out. */
export function folderInUse(folder: string, { owner, isUnseen }: HeldLock, lock: string): TsslError {
  const unseen = isUnseen ? `; if it no longer runs, delete ${lock}` : "";
  return new TsslError(
    "RUN_FOLDER",
    `${folder} is in use by ${holderOf(owner)}. Wait for it, or stop it${unseen}.`,
    { data: { folder, ...owner, lock } },
  );
}

function holderOf(owner: HeldLock["owner"]): string {
  if (owner === undefined) return "another process";
  return `process ${owner.pid}${owner.host === undefined ? "" : ` on ${owner.host}`}`;
}

/** @param lock the file that keeps others out. */
export function fineTuningInUse(run: string, { owner, isUnseen }: HeldLock, lock: string): TsslError {
  const unseen = isUnseen ? `; if it no longer runs, delete ${lock}` : "";
  return new TsslError(
    "RUN_FOLDER",
    `The same fine-tuning of ${run} is being done by ${holderOf(owner)}. Wait for it, or stop it${unseen}.`,
    { data: { run, ...owner, lock } },
  );
}

export const folderNotWritten = (folder: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("RUN_FOLDER", `${folder} cannot be written: ${reason}.`, {
    cause,
    data: { folder, reason },
  });
};

export const folderNotEmpty = (folder: string, entries: number): TsslError =>
  new TsslError(
    "RUN_FOLDER",
    `${folder} must be a new or empty folder, and it holds ${counted(entries, "entry", "entries")}. ` +
      `Choose another with --out.`,
    { data: { folder, entries } },
  );

/** @param file one that every run has and that is missing; absent where the folder itself is. */
export function notARun(folder: string, file: string | undefined): TsslError {
  const found = file === undefined ? "does not exist" : `has no ${file}, which a run writes when it starts`;
  return new TsslError("RUN_FOLDER", `${folder} ${found}. Name the folder of a run, such as runs/demo.`, {
    data: { folder, ...(file === undefined ? {} : { file }) },
  });
}

export const noFailedStep = (folder: string): TsslError =>
  new TsslError("RUN_FOLDER", `No step of ${folder} has failed. Name the step to replay, as in --step 12.`, {
    data: { folder },
  });

/** A file of a run or a comparison that is there and that the system does not give. */
export const fileUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("RUN_FOLDER", `${file} cannot be read: ${reason}.`, { cause, data: { file, reason } });
};

// FILE_DAMAGED

/** @param reason what is wrong with it, with the place: "history.seconds must be number, got "long"". */
export const fileDamaged = (file: string, reason: string): TsslError =>
  new TsslError(
    "FILE_DAMAGED",
    `${file} is damaged: ${reason}. Put back a whole copy of it; nothing was changed.`,
    { data: { file, reason } },
  );

/** @param line from 1. */
export const lineDamaged = (file: string, line: number, reason: string): TsslError =>
  new TsslError(
    "FILE_DAMAGED",
    `${file} is damaged in line ${count(line)}: ${reason}. Put back a whole copy of it; nothing was changed.`,
    { data: { file, line, reason } },
  );

/** The reason why a text is not JSON. */
export function notWholeJson(text: string, error: unknown): string {
  if (text.trim() === "") return "it is empty";
  const message = messageOf(error);
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? NaN);
  const isCut = /end of JSON|Unterminated/.test(message) || position >= text.trimEnd().length;
  if (isCut)
    return `it is not whole, its JSON ends within a value after ${counted(text.length, "character")}`;
  return `it is not JSON${Number.isNaN(position) ? "" : ` from character ${count(position + 1)} on`}`;
}

/** The reason why a text is not YAML: the parser's first line, which names the place. */
export const notYaml = (error: unknown): string =>
  /call stack|more than \d+ levels/.test(messageOf(error))
    ? "its lists and sections lie too deep within each other"
    : `it is not YAML (${messageOf(error).split("\n")[0]!.replace(/[:.]$/, "")})`;

/** The reason why a file of features is none. */
export const noFeatureSample = (): string =>
  "it must hold features (float32, [images, D]), images (int32, [images]) and step (int32, [1])";

/** @param images how many the set has. */
export const imageOutsideSet = (image: number, images: number): string =>
  `it names image ${count(image)}, and the set has ${count(images)}`;

export const lineTooLong = (most: number): string => `the line has more than ${bytes(most)}`;

/** @param most different names of metrics. */
export const tooManyMetrics = (most: number): string => `there are more than ${count(most)} metrics`;

/** @param expected rows that the checkpoint knows of. */
export const metricsRowsMissing = (file: string, found: number, expected: number): TsslError =>
  new TsslError(
    "FILE_DAMAGED",
    `${file} has ${counted(found, "whole row")}, and the checkpoint knows of ` +
      `${count(expected)}: rows have been lost. Put back a whole copy of it, or go on without the lost ` +
      "rows: --allow-change metrics. Nothing was changed.",
    { data: { file, found, expected } },
  );

// UNTRUSTED

/** A file of code, and the file that it was made from where that is another. */
export interface NamedCode {
  readonly file: string;
  readonly from?: string;
}

export function untrustedCode(code: readonly NamedCode[]): TsslError {
  const it = code.length === 1 ? "it" : "them";
  const lines = code.map(({ file, from }) => `  - ${file}${from === undefined ? "" : `, made from ${from}`}`);
  return new TsslError(
    "UNTRUSTED",
    `This would run code that you have not run on this machine before:\n${lines.join("\n")}\n` +
      `Read ${it}, and add --trust if you trust who wrote ${it}.`,
    { data: { code } },
  );
}

/** @param servers "https://example.org" */
export const untrustedServers = (servers: readonly string[]): TsslError =>
  new TsslError(
    "UNTRUSTED",
    `This run's images would be fetched from ${servers.join(" and ")}, which no config of yours has named ` +
      "on this machine. Add --trust if you trust who made the run.",
    { data: { servers } },
  );

// TRAINING_FAILED

export const probeNotFinite = (learningRate: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The linear probe's loss is not a number with learning rate ${learningRate}. ` +
      `Try a smaller one, or several to choose from.`,
    { data: { learningRate } },
  );

/** @param chance the loss of guessing, in nats. */
export const everyRateDiverges = (learningRates: readonly number[], chance: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The linear probe's loss ends above that of guessing (${chance.toPrecision(3)}) with every learning ` +
      `rate of ${learningRates.join(", ")}. Try smaller ones.`,
    { data: { learningRates, chance } },
  );

export const fineTuneNotFinite = (trunkRate: number, headRate: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The loss of fine-tuning is not a number with learning rates ${trunkRate} and ${headRate}. Try smaller ` +
      "ones: --lr-trunk, --lr-head, and --lr-scratch from scratch.",
    { data: { trunkRate, headRate } },
  );

/** @param cost C. */
export const svmNotSolved = (cost: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The linear SVM with C ${cost} does not come near its optimum: the features are too large. ` +
      "Check that the encoder was trained.",
    { data: { cost } },
  );

// NOT_FINITE

/** How many numbers of a tensor are not finite. */
export interface NotFiniteCount {
  readonly nan: number;
  readonly infinite: number;
  /** How many numbers the tensor holds in all. */
  readonly of: number;
}

/** "9 NaN, 1 infinite of 432" */
function notFiniteText({ nan, infinite, of }: NotFiniteCount): string {
  const counts = [nan > 0 ? `${nan} NaN` : "", infinite > 0 ? `${infinite} infinite` : ""].filter(Boolean);
  return `${counts.join(", ")} of ${of}`;
}

/** A loss term, or a number of the step such as the loss. */
export interface StepNumber {
  readonly name: string;
  readonly value: number;
  /** The plugin of a loss term. */
  readonly plugin?: string;
}

export interface NotFiniteFacts {
  readonly step: number;
  readonly folder: string;
  readonly notFinite: readonly StepNumber[];
  /** Loss terms that are finite. */
  readonly finite: readonly StepNumber[];
  /** Tensors of the state after the step that hold NaN or infinite numbers. */
  readonly tensors: readonly (NotFiniteCount & { readonly name: string })[];
  /** The last good checkpoint. */
  readonly checkpoint?: string;
}

export function stepNotFinite(facts: NotFiniteFacts): TsslError {
  const { step, folder, notFinite, finite, tensors, checkpoint } = facts;
  const text = ({ name, plugin, value }: StepNumber) =>
    `${name}${plugin === undefined ? "" : ` (plugin ${plugin})`} is ${value}`;
  const where =
    notFinite.length === 0
      ? "Its loss terms and its gradient are finite, but values that the optimizer or a plugin wrote are not."
      : `Not finite: ${notFinite.map(text).join(", ")}.`;
  const others = finite.length === 0 ? "" : ` Finite: ${finite.map(text).join(", ")}.`;
  const saved =
    checkpoint === undefined
      ? "No checkpoint was saved before it."
      : `${checkpoint} is the last good checkpoint.`;
  const isBeforeTraining = step === 1 && notFinite.length > 0;
  return new TsslError(
    "NOT_FINITE",
    `Step ${step} gave numbers that are not finite. ${where}${others}${stateText(tensors)} ${saved} ` +
      `\`tssl replay ${folder}\` repeats the step and shows the op that first gave such a number. ` +
      (isBeforeTraining ? BEFORE_TRAINING : SMALLER_STEPS),
    { data: { ...facts } },
  );
}

const SMALLER_STEPS =
  "A smaller optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) " +
  "usually helps.";

const BEFORE_TRAINING =
  "Nothing was trained before it, so the learning rate is not the cause: look at the loss (a division by 0, a " +
  "root or a logarithm of 0), at the weights that the run starts from, and at data.mean, data.deviation and " +
  "data.range.";

function stateText([first, ...more]: NotFiniteFacts["tensors"]): string {
  if (first === undefined) return "";
  const others = more.length === 1 ? "1 more tensor is" : `${more.length} more tensors are`;
  const rest = more.length === 0 ? "" : `, and ${others} not finite`;
  return ` In the state after the step, ${first.name} has ${notFiniteText(first)}${rest}.`;
}

/** @param option that names the images. @param broken images whose features are not finite. */
export const featuresNotFinite = (set: "labelled" | "test", broken: number, images: number): TsslError =>
  new TsslError(
    "NOT_FINITE",
    `The encoder's features of ${count(broken)} of the ${count(images)} ${set} images are NaN or infinite, ` +
      "so that they say nothing. Choose another checkpoint with --checkpoint.",
    { data: { set, broken, images } },
  );

// CHECKPOINT

/** @param broken values of the encoder, at least one. */
export function encoderNotFinite(
  checkpoint: string,
  broken: readonly (NotFiniteCount & { readonly name: string })[],
): TsslError {
  const [first, ...more] = broken;
  const others = more.length === 0 ? "" : `, and ${count(more.length)} more`;
  return new TsslError(
    "CHECKPOINT",
    `${checkpoint} holds an encoder whose numbers are not finite: ${first!.name} has ` +
      `${notFiniteText(first!)}${others}. Choose another with --checkpoint, or train again.`,
    { data: { checkpoint, broken } },
  );
}

export const notSafetensors = (source: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("CHECKPOINT", `${source} is not a valid safetensors file: ${reason}.`, {
    cause,
    data: { source, reason },
  });
};

/** Reasons why bytes are not a valid safetensors file. */
export const headerTooShort = (fileBytes: number): Error =>
  new Error(`it has ${fileBytes} bytes, and the length of its header takes 8`);
export const headerTooLarge = (headerBytes: bigint, most: number): Error =>
  new Error(`its header has ${headerBytes} bytes, more than the ${most} that are read`);
export const headerTruncated = (end: number, fileBytes: number): Error =>
  new Error(`its header ends at byte ${end}, and the file has ${fileBytes} bytes`);
export const headerNotText = (): Error => new Error("its header is not UTF-8");
export const headerWrong = (reason: string): Error => new Error(`in its header, ${reason}`);
export const keyTwice = (): Error => new Error("in its header, a name or a key stands twice");
export const arrayTruncated = (name: string, end: number, fileBytes: number): Error =>
  new Error(`"${name}" ends at byte ${end}, and the file has ${fileBytes} bytes`);
/** @param expected where the array before it ends, in bytes of the values. */
export const arrayMisplaced = (name: string, from: number, expected: number): Error =>
  new Error(`"${name}" begins at byte ${from} of the values, and must begin at ${expected}`);
export const arrayOfOtherSize = (name: string, found: number, wanted: number): Error =>
  new Error(`"${name}" has ${found} bytes, and its shape takes ${wanted}`);
export const bytesLeft = (end: number, fileBytes: number): Error =>
  new Error(`its values end at byte ${end}, and the file has ${fileBytes} bytes`);
export const arrayTypeUnknown = (name: string, dtype: string): Error =>
  new Error(`"${name}" has type ${dtype}, which cannot be read`);

/** @param asked "best" or the name of a checkpoint; undefined: the newest whole one. */
export const checkpointNotFound = (
  folder: string,
  asked: string | undefined,
  names: readonly string[],
): TsslError => {
  const wanted = asked === undefined ? "undamaged checkpoint" : `checkpoint "${asked}"`;
  const known = names.length === 0 ? "It has no checkpoints" : `It has ${names.join(", ")}`;
  return new TsslError("CHECKPOINT", `${folder} has no ${wanted}. ${known}.`, {
    data: { folder, ...(asked === undefined ? {} : { asked }), names },
  });
};

export const otherFormat = (file: string, format: unknown, own: number): TsslError =>
  new TsslError(
    "CHECKPOINT",
    `${file} has format ${quoted(format)}, and this version of tssl reads format ${own}. ` +
      `Use the version that wrote it.`,
    { data: { file, format, own } },
  );

export const checkpointMissing = (file: string, code: "CHECKPOINT" | "CHECKPOINT_DAMAGED"): TsslError =>
  new TsslError(code, `${file} is missing.`, { data: { file } });

/** One that the system does not give is not taken for damaged: it may be whole. */
export const checkpointUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("CHECKPOINT", `${file} cannot be read: ${reason}.`, { cause, data: { file, reason } });
};

/** One that is whole JSON. @param reason what this version cannot read in it, with the place. */
export const checkpointUnknown = (file: string, reason: string): TsslError =>
  new TsslError(
    "CHECKPOINT",
    `${file} is not what this version of tssl saves: ${reason}. Use the version that wrote it; or delete ` +
      "it, to go on from the checkpoint before it.",
    { data: { file, reason } },
  );

export const stateNotSavable = (name: string): TsslError =>
  new TsslError("CHECKPOINT", `State "${name}" must be float32 or int32 to be saved.`, { data: { name } });

/** A value of the run that a checkpoint lacks or has in another shape or type. */
export interface Misfit {
  readonly name: string;
  /** The shape in the checkpoint; absent where it has no such value. */
  readonly saved?: readonly number[];
  readonly wanted: readonly number[];
  /** Its type in the checkpoint and in the run, where they differ. */
  readonly types?: { readonly saved: string; readonly wanted: string };
}

export function checkpointDoesNotFit(source: string, misfits: readonly Misfit[]): TsslError {
  const lines = misfits.map(({ name, saved, wanted, types }) =>
    saved === undefined
      ? `  - ${name} is missing`
      : types !== undefined
        ? `  - ${name} is ${types.saved}, the run needs ${types.wanted}`
        : `  - ${name} has shape ${shapeText(saved)}, the run needs ${shapeText(wanted)}`,
  );
  return new TsslError("CHECKPOINT", `${source} does not fit this run:\n${lines.join("\n")}`, {
    data: { source, misfits },
  });
}

/** A value that differs, and how: "was 0.06, is 0.03", "1 file added (a.jpg)". */
interface Change {
  readonly path: string;
  readonly text: string;
}

/** "optimizer.lr was 0.06, is 0.03", "images.train: 1 file added (a.jpg)" */
export const changeText = ({ path, text }: Change): string =>
  `${path}${text.startsWith("was ") ? "" : ":"} ${text}`;

export function anotherRun(file: string, changes: readonly Change[]): TsslError {
  const [have, them] =
    changes.length === 1 ? ["1 thing has", "it"] : [`${changes.length} things have`, "them"];
  const lines = changes.map((change) => `  - ${changeText(change)}`);
  const flags = changes.map(({ path }) => `--allow-change ${path}`);
  return new TsslError(
    "CHECKPOINT",
    `${file} belongs to another run: ${have} changed since.\n${lines.join("\n")}\n` +
      `Undo ${them}, or allow ${them}: ${flags.join(" ")}`,
    { data: { file, changes } },
  );
}

/** @param stepsPerEpoch with the changes. */
export function noStepLeft(
  folder: string,
  { steps, totalSteps, stepsPerEpoch }: StepsOfRun,
  changes: readonly Change[],
): TsslError {
  const epochs = Math.floor(steps / stepsPerEpoch) + 1;
  const lines = changes.map((change) => `  - ${changeText(change)}`);
  return new TsslError(
    "CHECKPOINT",
    `${folder} has taken ${count(steps)} of ${count(totalSteps)} steps: none is left to be trained with\n` +
      `${lines.join("\n")}\n` +
      `Nothing was changed. To train on, set epochs to ${epochs} or more; otherwise start a new run.`,
    { data: { folder, steps, totalSteps, epochs, changes } },
  );
}

/** How far a run is. */
interface StepsOfRun {
  readonly steps: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

// WEIGHTS

export const weightsUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = isMissing(cause) ? "there is no such file" : messageOf(cause);
  return new TsslError("WEIGHTS", `The weights ${file} cannot be read: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

/** @param format "safetensors file" or "ONNX model". */
export const weightsInvalid = (file: string, format: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("WEIGHTS", `${file} is not a valid ${format}: ${reason}. Copy it again.`, {
    cause,
    data: { file, format, reason },
  });
};

/** Reasons why bytes are not a valid ONNX model. */
export const onnxTruncated = (cause: unknown): Error =>
  new Error(`its protocol buffers end too early or are none (${messageOf(cause)})`, { cause });
export const onnxWithoutGraph = (): Error => new Error("it has no graph");
export const onnxNameTwice = (name: string): Error =>
  new Error(`the initializer ${JSON.stringify(name)} stands twice`);
export const onnxArrayOfOtherSize = (name: string, found: number, wanted: number): Error =>
  new Error(`the initializer ${JSON.stringify(name)} has ${found} bytes, and its shape takes ${wanted}`);

/** @param name of the first array that is not in the file. */
export const weightsElsewhere = (file: string, name: string): TsslError => {
  const python = JSON.stringify(file);
  return new TsslError(
    "WEIGHTS",
    `${file} has its weights in another file (${name} is the first). Save it in one, in Python:\n` +
      `  import onnx\n  onnx.save(onnx.load(${python}), ${python})`,
    { data: { file, name } },
  );
};

/**
 * The lines make a safetensors file of whatever PyTorch saved: a state dict, or a checkpoint that holds one.
 */
export const weightsAreCode = (file: string): TsslError => {
  const to = `${file.replace(/(\.pth)?\.[^./]*$/, "")}.safetensors`;
  return new TsslError(
    "WEIGHTS",
    `${file} is a pickle, which can run code when it is read. Convert it to safetensors once, in Python:\n` +
      "  import torch, safetensors.torch as st\n" +
      `  saved = torch.load(${JSON.stringify(file)}, map_location="cpu", weights_only=True)\n` +
      '  st.save_file({k: v.clone() for k, v in saved.get("state_dict", saved.get("model", saved)).items() ' +
      `if torch.is_tensor(v)}, ${JSON.stringify(to)})`,
    { data: { file, to } },
  );
};

/** What is known of a file whose weights do not fit. */
export interface UnfitWeights {
  /** "resnet34 with stem: imagenet"; absent where it is no ResNet that is known. */
  readonly found: string | undefined;
  readonly wanted: string | undefined;
  /** All names of the file. */
  readonly names: readonly string[];
  /** True where not one name was recognised. */
  readonly none: boolean;
  /** True where the file is an ONNX model. */
  readonly onnx: boolean;
}

export function weightsDoNotFit(
  file: string,
  misfits: readonly Misfit[],
  { found, wanted, names, none, onnx }: UnfitWeights,
): TsslError {
  const remedy = onnx && misfits.some(({ saved }) => saved === undefined) ? `\n${UNFOLDED}` : "";
  const data = { file, misfits, found, wanted };
  const encoder = wanted ?? "the run's encoder";
  if (none) {
    return new TsslError(
      "WEIGHTS",
      `${file} holds no weights of ${encoder}: none of its ${counted(names.length, "name")} is known ` +
        `(${someOf(names)}), and ${misfits[0]!.name} is what the encoder begins with.${remedy}`,
      { data },
    );
  }
  const other =
    found === undefined || found === wanted ? "" : ` It holds a ${found}; the config asks for ${encoder}.`;
  const lines = misfits.map(({ name, saved, wanted }) =>
    saved === undefined
      ? `  - ${name} is missing`
      : `  - ${name} has shape ${shapeText(saved)}, the encoder needs ${shapeText(wanted)}`,
  );
  const text = `${file} does not fit the encoder.${other}\n${lines.join("\n")}${remedy}`;
  return new TsslError("WEIGHTS", text, { data });
}

/** What helps where an ONNX model lacks weights. */
const UNFOLDED =
  "An exporter of ONNX may make each batch norm part of a convolution, which cannot be undone. PyTorch's " +
  "leaves them as they are with dynamo=False, do_constant_folding=False and " +
  "training=torch.onnx.TrainingMode.PRESERVE.";

/** @param prefix of a network's names in the file. @param leftOver names that no parameter took. */
/** How an encoder's first filters were made to fit other channels. */
export const filtersAdapted = (name: string, from: number, to: number): string =>
  to === 1
    ? ` Its ${name} is for ${from} channels: they are summed into one.`
    : ` Its ${name} is for ${from} channels: they are repeated over ${to}, times ${from} / ${to}.`;

export function weightsLoaded(loaded: {
  readonly file: string;
  readonly naming: string;
  readonly prefix: string;
  readonly taken: number;
  readonly leftOver: readonly string[];
  readonly resized?: { readonly from: readonly number[]; readonly to: readonly number[] };
  readonly adapted?: { readonly name: string; readonly from: number; readonly to: number };
}): string {
  const { file, naming, prefix, taken, leftOver, resized, adapted } = loaded;
  const before = prefix === "" ? "" : `, after "${prefix}"`;
  const grids =
    resized === undefined
      ? ""
      : `Position embeddings of ${resized.from.join(" x ")} patches were interpolated bicubically to ` +
        `${resized.to.join(" x ")}. `;
  const rest =
    leftOver.length === 0
      ? "Nothing of the file is left over."
      : `Not used, because the encoder has no such parameter: ${leftOver.join(", ")}.`;
  return (
    `The encoder starts from ${file}: ${counted(taken, "array")} by the names of ${naming}${before}. ` +
    grids +
    rest +
    (adapted === undefined ? "" : filtersAdapted(adapted.name, adapted.from, adapted.to))
  );
}

export const weightsChanged = (file: string): TsslError =>
  new TsslError(
    "WEIGHTS",
    `${file} is no longer the file that the run started from. Put that one back, or leave out the ` +
      "untrained encoder with --no-baseline.",
    { data: { file } },
  );

// CHECKPOINT_DAMAGED

export const checkpointTruncated = (file: string, found: number, written: number): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} has ${found} bytes of ${written}.`, {
    data: { file, found, written },
  });

export const checkpointAltered = (file: string): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} has changed since it was written: its checksum differs.`, {
    data: { file },
  });

/** @param reason what is wrong with its JSON, with the place. */
export const checkpointInvalid = (file: string, reason: string): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} is not a valid checkpoint: ${reason}.`, {
    data: { file, reason },
  });

/** @param names of the checkpoints that a run has, newest first; none of them is whole. */
export const noWholeCheckpoint = (folder: string, names: readonly string[]): TsslError =>
  new TsslError(
    "CHECKPOINT_DAMAGED",
    `${folder} has no checkpoint that is whole: ${names.join(", ")} ${names.length === 1 ? "is" : "are"} ` +
      "damaged. Put back a whole copy of one, or start a new run in another folder. Nothing was changed.",
    { data: { folder, names } },
  );

// Notices: what a run met, and how it continues.

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

// Options that do not fit the length of the run or the size of its set; `queueNeverFills` is below.

export const queueLargerThanSet = (queue: string, size: number, images: number): string =>
  `The queue ${queue} has ${count(size)} rows, and the set ${count(images)} images: earlier embeddings of ` +
  "an image are among its own negatives.";

/** @param reached the learning rate of the last step. */
export const warmupLongerThanRun = (warmup: number, length: number, reached: number, lr: number): string =>
  `The warm-up of ${epochs(warmup)} (optimizer.warmupEpochs) does not end within the run of ` +
  `${epochs(length)}: the learning rate gets to ${digits(reached)} of ${digits(lr)}.`;

/** @param shares of the run, 0 .. 1. */
export const milestonesBeyondEnd = (shares: readonly number[], totalSteps: number): string =>
  `optimizer.milestones: ${shares.join(" and ")} lie${shares.length === 1 ? "s" : ""} at the end of the ` +
  `run (${count(totalSteps)} steps), so the learning rate is not lowered there.`;

/** @param shares of the run, 0 .. 1. */
export const milestonesWithinWarmup = (shares: readonly number[], warmup: number): string =>
  `optimizer.milestones: ${shares.join(" and ")} ${shares.length === 1 ? "lies" : "lie"} within the ` +
  `warm-up of ${epochs(warmup)} (optimizer.warmupEpochs), so the learning rate is lowered from the start.`;

export const phaseNeverComes = (
  plugin: string,
  phase: string,
  { step, epoch }: { readonly step: number; readonly epoch: number },
  totalSteps: number,
): string =>
  `The phase "${phase}" of ${plugin} never comes: it would begin at step ${count(step + 1)} (epoch ` +
  `${epoch + 1}), and the run has ${count(totalSteps)} steps.`;

export const moreNeighboursThanImages = (k: number, images: number): string =>
  `evaluation.k is ${count(k)}, and there are ${count(images)} labelled training images: all of them vote.`;

export const intervalLongerThanRun = (
  option: string,
  interval: number,
  length: number,
  unit: "steps" | "epochs",
): string =>
  `${option} is ${count(interval)}, and the run has ${count(length)} ` +
  `${length === 1 ? unit.slice(0, -1) : unit}: ` +
  "the interval does not pass once.";

export const imagesLeftOut = (epoch: {
  readonly left: number;
  readonly datasetSize: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
}): string => {
  const { left, datasetSize, batchSize, stepsPerEpoch } = epoch;
  return (
    `Each epoch leaves out ${count(left)} of the ${count(datasetSize)} images, others each time: it has ` +
    `${count(stepsPerEpoch)} whole ${stepsPerEpoch === 1 ? "batch" : "batches"} of ${count(batchSize)}.`
  );
};

// Advice on loading.

const waited = (idleShare: number): string => `steps waited for images ${percent(idleShare)} of the time`;

export const loaderKeepsUp = (idleShare: number): string => `The loader keeps up: ${waited(idleShare)}.`;

const loaderIsBottleneck = (idleShare: number, rest: string): string =>
  `The loader is the bottleneck: ${waited(idleShare)}${rest}.`;

/** A 16-bit image whose levels are from `low` to `high`, less than a quarter of 65536. */
export function narrowLevels({ file, low, high }: NarrowImage): string {
  const most = 2 ** Math.ceil(Math.log2(high + 1)) - 1;
  const levels = (high >> 8) - (low >> 8) + 1;
  return (
    `${file} has 16 bits, of whose levels 0 to 65535 it uses ${low} to ${high}: its views have ` +
    `${counted(levels, "level")} of 256. Set data.range, such as [0, ${most}], to spread them.`
  );
}

/** What would help a run whose images are decoded each time. */
export interface DecodeRemedies {
  /** Size of a cache that all decoded images fit into, in MiB, estimated. */
  readonly cacheMegabytes?: number;
  /** `data.decode: fast`: the share of its time that decoding then takes, measured on so many images. */
  readonly fast?: { readonly timeShare: number; readonly images: number };
  /** Threads, and the cores that there are for more. */
  readonly workers?: { readonly threads: number; readonly cores: number };
}

export const decodingIsSlow = (
  idleShare: number,
  { cacheMegabytes, fast, workers }: DecodeRemedies,
): string => {
  const remedies = [
    ...(fast === undefined
      ? []
      : [
          `set data.decode: fast, with which decoding takes ${percent(fast.timeShare)} of its time ` +
            `(measured on ${counted(fast.images, "image")} of the run)`,
        ]),
    ...(cacheMegabytes === undefined
      ? []
      : [`raise data.cacheMegabytes to ${cacheMegabytes}, about what all decoded images take`]),
    ...(workers === undefined
      ? []
      : [`raise data.workers, which is ${workers.threads} on ${workers.cores} cores`]),
    "use smaller files",
  ];
  const list =
    remedies.length === 1 ? remedies[0]! : `${remedies.slice(0, -1).join("; ")}; or ${remedies.at(-1)!}`;
  return loaderIsBottleneck(
    idleShare,
    `, and reading and decoding take most of the loader's time. ${list[0]!.toUpperCase()}${list.slice(1)}`,
  );
};

/** All decoded images are kept, and most of them were decoded in the time that was measured. */
export const decodingWasFirst = (idleShare: number): string =>
  loaderIsBottleneck(
    idleShare,
    ", while each image was decoded for the first time. Decoded images are kept, so later epochs are faster",
  );

export const tooFewWorkers = (idleShare: number, threads: number, cores: number): string =>
  loaderIsBottleneck(idleShare, `. Raise data.workers, which is ${threads} on ${cores} cores`);

export const coresAreBusy = (idleShare: number, threads: number, cores: number): string =>
  loaderIsBottleneck(
    idleShare,
    `, and its ${threads} threads use all ${cores} cores. Use fewer or smaller views, or more cores`,
  );

// Findings on a run's health.

const CAUSES =
  "Usual causes: a learning rate that is too high or has no warm-up, an unsuitable temperature, and, in " +
  "methods without negatives, no predictor or a momentum encoder that moves too fast.";

/** Three significant digits. */
const digits = (value: number): string => String(Number(value.toPrecision(3)));

/** An effective rank, and the most that it can be. */
export interface Rank {
  readonly rank: number;
  readonly most: number | undefined;
}

/** "effective rank 1.3 of 127" */
const rankText = ({ rank, most }: Rank): string =>
  `effective rank ${digits(rank)}${most === undefined ? "" : ` of ${most}`}`;

/** @param spread of the embeddings, 0 .. 1. */
export const collapsedToAPoint = (since: number, spread: number): string =>
  `Collapsed: all embeddings have been nearly the same since step ${since} ` +
  `(spread ${digits(spread)}; 1 is evenly spread). ${CAUSES}`;

export const collapsedToALine = (since: number, rank: Rank): string =>
  `Collapsed: embeddings have lain on one line since step ${since} (${rankText(rank)}). ${CAUSES}`;

export const barelyRecovered = (from: number, to: number, rank: Rank): string =>
  `Barely recovered from collapse: embeddings lay on one line from step ${from} to ${to}, ` +
  `and still have an ${rankText(rank)}. ${CAUSES}`;

export const closeToCollapse = (since: number, rank: Rank): string =>
  `Close to collapse: embeddings have varied in little more than one direction since step ${since} ` +
  `(${rankText(rank)}). ${CAUSES}`;

export const narrowAtFirst = (since: number, rank: Rank): string =>
  `Embeddings have varied in little more than one direction since step ${since} (${rankText(rank)}). ` +
  "This is usual in the first hundreds of steps; the rank should rise.";

/** @param filled the step at which every queue holds embeddings alone. */
export const alikeWhileFilling = (since: number, filled: number): string =>
  `Embeddings have become alike since step ${since}. This is usual until the queue holds no more random ` +
  `rows, and shortly after (step ${filled}); they should spread from then on.`;

export const viewsAreTheSame = (since: number, alignment: number): string =>
  `Both views of an image have had the same embedding since step ${since} (alignment ` +
  `${digits(alignment)}), ` +
  "so there is nothing to learn. Augmentation is off or too weak: look at the views in the report.";

export const viewsAreAlike = (since: number, alignment: number): string =>
  `Both views of an image have had nearly the same embedding since step ${since} ` +
  `(alignment ${digits(alignment)}). Expected after long training; early in a run it means that ` +
  `augmentation ` +
  "is too weak. Look at the views in the report.";

/** A loss term, its value, and its value where images are told apart by guessing. */
export interface ChanceTerm {
  readonly name: string;
  readonly now: number;
  readonly level: number;
}

export const lossAtChance = (since: number, terms: readonly ChanceTerm[], isAbove: boolean): string =>
  `The loss ${isAbove ? "is above" : "stays at"} its chance level and no longer falls ` +
  `(${terms.map(({ name, now, level }) => `${name} ${digits(now)}, chance ${digits(level)}`).join("; ")}, ` +
  `since step ${since}): the encoder tells images apart no better than by guessing. ` +
  "Usual causes: an unsuitable temperature, or a learning rate that is far too high or too low.";

export const gradientsVanished = (since: number, norm: number): string =>
  `Gradients have vanished since step ${since} (norm ${digits(norm)}): the encoder no longer learns.`;

/** @param times the norm over its median. */
export const gradientsAreLarge = (since: number, times: number, norm: number): string =>
  `Gradients have been ${digits(times)} times as long as usual since step ${since} (norm ${digits(norm)}). ` +
  "A smaller optimizer.lr, a warm-up or optimizer.clipNorm usually helps.";

/** @param terms loss terms with their shares of the gradient, 0 .. 1. */
export function negligibleTerms(step: number, terms: readonly (readonly [string, number])[]): string {
  const texts = terms.map(([name, share]) => `${name} contributes ${digits(100 * share)} %`);
  const remedy = terms.length === 1 ? "Raise its weight, or drop it." : "Raise their weights, or drop them.";
  return `${texts.join(" and ")} of the gradient (step ${step}). ${remedy}`;
}

/** @param filled the step at which the queues hold embeddings alone. */
export const queueFills = (queues: readonly string[], filled: number): string =>
  `Until step ${filled} the queue${queues.length === 1 ? "" : "s"} ${queues.join(" and ")} still ` +
  `hold${queues.length === 1 ? "s" : ""} random directions, which are easy to tell apart from embeddings. ` +
  "A loss that rises until then is normal.";

/** @param filled the step at which the queues would hold embeddings alone. */
export const queueNeverFills = (queues: readonly string[], filled: number, totalSteps: number): string =>
  `The queue${queues.length === 1 ? "" : "s"} ${queues.join(" and ")} never ` +
  `fill${queues.length === 1 ? "s" : ""}: the run has ${count(totalSteps)} steps, and ${count(filled)} are ` +
  "needed. Its random first rows stay among the negatives. Set a smaller queueSize.";

/**
 * @param norm of all trained parameters as one vector. @param highestRate the highest learning rate so far.
 */
export const weightsStandStill = (since: number, norm: number, highestRate: number | undefined): string =>
  `The weights have not moved since step ${since} (norm ${digits(norm)}), so nothing is learned.` +
  (highestRate === undefined
    ? ""
    : ` The learning rate has been ${digits(highestRate)} at most: raise optimizer.lr.`);

export const noEmbeddings = (): string =>
  "Nothing is wrong with the loss and the gradients. Whether embeddings collapse cannot be seen, because " +
  "no plugin publishes any.";

/** What shows that a run learns. */
export interface LearningFacts extends Rank {
  /**
   * How much closer two views of an image are than two images, as a share of the squared distance: up to 1,
   * now and in the first steps.
   */
  readonly closer: number;
  readonly closerAtFirst: number;
  readonly spread: number;
}

/** kNN accuracies, fractions. */
export interface AccuracyFall {
  readonly untrained: number;
  readonly now: number;
}

const closerText = (share: number): string => percent(Math.max(0, share), 0);

/** "two views of one image are 78 % closer than views of two images (17 % in the first steps; …)." */
const learningText = ({ closer, closerAtFirst, spread, ...rank }: LearningFacts): string =>
  `two views of one image are ${closerText(closer)} closer than views of two images ` +
  `(${closerText(closerAtFirst)} in the first steps; spread ${digits(spread)}, ${rankText(rank)}).`;

/** @param earliest the step from which on a run is judged. */
export const tooEarlyToSay = (facts: LearningFacts, earliest: number): string =>
  `Too early to say, before step ${earliest}: ${learningText(facts)}`;

export const isLearning = (facts: LearningFacts): string => `Learning: ${learningText(facts)}`;

export const notYetLearning = (facts: LearningFacts): string => `Not learning yet: ${learningText(facts)}`;

export const closerInFewDirections = (facts: LearningFacts): string =>
  `Views come closer, but embeddings vary in fewer than two directions: ${learningText(facts)}`;

export const accuracyFell = (facts: LearningFacts, { untrained, now }: AccuracyFall): string =>
  `kNN accuracy has fallen from ${percent(untrained)} (untrained) to ${percent(now)}, although no collapse ` +
  `is seen: ${learningText(facts)}`;

export const bytesNeedGreyOrColours = (channels: number): string =>
  `must be 32 or null with data.channels: ${channels}: bytes are of 1 or 3 channels`;

export const rangeNotRising = (range: readonly number[]): string =>
  `must be [low, high] with low < high, got ${JSON.stringify(range)}`;

export const perChannelLength = (channels: number, got: readonly number[]): string =>
  `must have ${counted(channels, "number")}, one for each of data.channels, got ${JSON.stringify(got)}; ` +
  "`tssl data stats` measures them";

/** A view that images of these channels cannot have. @param reasons one for each line of its recipe. */
export const viewNotForChannels = (
  view: string,
  reasons: readonly string[],
  withoutColourHelps: boolean,
): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `The view "${view}" cannot be made of these images: ${reasons.join(" ")}` +
      (withoutColourHelps ? " data.withoutColour: true leaves out what needs colours." : ""),
    { data: { view, reasons } },
  );

export const encoderNeedsColours = (encoder: string, channels: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `encoder.use: ${encoder} is made for red, green and blue, and data.channels is ${channels}. Choose a ResNet, ` +
      "or give your encoder `anyChannels: true` and make its first layer by the channels that `build` is " +
      "told.",
    { data: { encoder, channels } },
  );
