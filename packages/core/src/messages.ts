/**
 * The sentences of this package: errors in the order of their codes, then notices, advice and the findings on
 * a run's health. `messages.test.ts` has each of them once. Rules on a single value use `invalidOption` and
 * `shapeMismatch` of errors.ts instead.
 */

import { messageOf, TsslError } from "./errors.ts";
import { didYouMean } from "./text/did-you-mean.ts";
import { bytes, count, percent } from "./text/numbers.ts";

const quoted = (value: unknown): string => JSON.stringify(value);

const shapeText = (shape: readonly (number | null)[]): string => `[${shape.map(String).join(", ")}]`;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

// INVALID_CONFIG

export const configNotParsed = (): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    "runTraining: config must be what parseConfig returns, with defaults and checked: " +
      'runTraining({ config: parseConfig({ … }, { plugins, encoders, optimizers }, "my program"), … }).',
  );

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

export const batchLargerThanSet = (images: number, batchSize: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `batchSize must be at most the ${images} training images, got ${batchSize}.`,
    { data: { path: "batchSize", got: batchSize, images } },
  );

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

export const nothingPublishes = (plugin: string, publication: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `plugins: "${plugin}" needs a plugin that publishes "${publication}", and none of these does. ` +
      `Add a method such as moco.`,
    { data: { plugin, publication } },
  );

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

/** @param publications names of what the plugin requires. */
export const testedAlone = (plugin: string, publications: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] requires ${publications.map(quoted).join(", ")}: name in \`on\` the plugins that it is to ` +
      `be tested on, e.g. { on: [myMethod] }.`,
    { data: { plugin, publications } },
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
export const isAFile = (): Error => new Error("it is a file");

/** @param found the number of other files by extension. */
export function noImages(
  folder: string,
  extensions: readonly string[],
  found: ReadonlyMap<string, number>,
): TsslError {
  const others = [...found].map(([extension, files]) => `${files} × ${extension}`).join(", ");
  const inside = others === "" ? "it is empty" : `found ${others}`;
  return new TsslError("INVALID_DATA", `${folder} holds no images (${extensions.join(", ")}); ${inside}.`, {
    data: { folder, found: Object.fromEntries(found) },
  });
}

/** @param image "shards/s-0.tar:cat/1.jpg" */
export const imageUnreadable = (image: string, reason: string, cause: unknown): TsslError =>
  new TsslError("INVALID_DATA", `${image} cannot be read: ${reason}.`, { cause, data: { image, reason } });

/** A list or a tar archive that cannot be opened. */
export const dataUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("INVALID_DATA", `${file} cannot be read: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

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

// INVALID_DATA: tar shards

export const notAShard = (address: string): TsslError =>
  new TsslError("INVALID_DATA", `${address} must be a .tar file: only tar shards are read from servers.`, {
    data: { address },
  });

/** @param range "{7..0}" */
export const wrongRange = (pattern: string, range: string, most: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${pattern}: ${range} must count upwards, and to at most ${count(most)} shards.`,
    { data: { pattern, range } },
  );

const ARCHIVE_FAULTS = {
  "no header": (byte: number) => `there is no tar header at byte ${byte}. Copy it again, or make it again`,
  gzip: (byte: number) =>
    `there is gzip data at byte ${byte}. Decompress it; its images are compressed already`,
  zeros: (byte: number) =>
    `there is more than a MiB of zeros up to byte ${byte}. Copy it again, or make it again`,
} as const;

export const notAnArchive = (archive: string, byte: number, fault: keyof typeof ARCHIVE_FAULTS): TsslError =>
  new TsslError("INVALID_DATA", `${archive} is not a valid tar archive: ${ARCHIVE_FAULTS[fault](byte)}.`, {
    data: { archive, byte, fault },
  });

/** @param within the member that the archive ends in; absent where only the end mark is missing. */
export function archiveTruncated(
  archive: string,
  end: number,
  within?: { readonly name: string; readonly offset: number; readonly size: number },
): TsslError {
  const place =
    within === undefined
      ? "without tar's end mark"
      : `within ${within.name}, which has ${within.size} bytes from byte ${within.offset} on`;
  return new TsslError(
    "INVALID_DATA",
    `${archive} is truncated: it ends at byte ${end}, ${place}. Copy it again, or make it again.`,
    { data: { archive, end, ...(within === undefined ? {} : { within }) } },
  );
}

export const shardEmpty = (shard: string, extensions: readonly string[]): TsslError =>
  new TsslError("INVALID_DATA", `${shard} holds no images (${extensions.join(", ")}).`, { data: { shard } });

/** @param member the name of the file that is missing: "cat/0001.cls". */
export const labelMissing = (shard: string, image: string, member: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${image} has no label: other images of the shard have one, but there is no ${member}.`,
    { data: { shard, image, member } },
  );

export const notAClassNumber = (shard: string, member: string, got: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} must contain the number of a class, from 0 to 99999, as text, got ${quoted(got)}.`,
    { data: { shard, member, got } },
  );

/** @param type "SymbolicLink", "Link", … */
export const memberNotAFile = (shard: string, member: string, type: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${shard}:${member} must be a file, but it is a ${type}. ` +
      `Make the shard with tar --dereference --hard-dereference.`,
    { data: { shard, member, type } },
  );

export const partlyLabelled = (labelled: string, unlabelled: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${labelled} has labels (.cls) and ${unlabelled} has none. Give all shards of a set labels, or none.`,
    { data: { labelled, unlabelled } },
  );

/** @param named how many classes the file names. */
export const classUnnamed = (file: string, named: number, label: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${file} must name every class, but it names ${named}, and there is an image of class ${label}.`,
    { data: { file, named, label } },
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

// RUN_FOLDER

/** @param owner the process, and its machine if that is another. */
export const folderInUse = (
  folder: string,
  owner: { readonly pid: number; readonly host?: string },
  lock: string,
): TsslError =>
  new TsslError(
    "RUN_FOLDER",
    owner.host === undefined
      ? `${folder} is in use by process ${owner.pid}. Wait for it, or stop it.`
      : `${folder} is in use by process ${owner.pid} on ${owner.host}. Wait for it, or stop it; ` +
          `if it no longer runs, delete ${lock}.`,
    { data: { folder, ...owner, lock } },
  );

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
    `${folder} must be a new or empty folder, and it holds ${entries} ${entries === 1 ? "entry" : "entries"}. ` +
      `Choose another with --out.`,
    { data: { folder, entries } },
  );

/** @param file one that every run has and that cannot be read; absent where the folder itself is missing. */
export function notARun(folder: string, file: string | undefined, cause: unknown): TsslError {
  const found =
    file === undefined
      ? "does not exist"
      : isMissing(cause)
        ? `has no ${file}, which a run writes when it starts`
        : `cannot be read as a run: ${messageOf(cause)}`;
  return new TsslError("RUN_FOLDER", `${folder} ${found}. Name the folder of a run, such as runs/demo.`, {
    cause,
    data: { folder, ...(file === undefined ? {} : { file }) },
  });
}

export const noFailedStep = (folder: string, cause: unknown): TsslError =>
  new TsslError("RUN_FOLDER", `No step of ${folder} has failed. Name the step to replay, as in --step 12.`, {
    cause,
    data: { folder },
  });

// TRAINING_FAILED

export const probeNotFinite = (learningRate: number): TsslError =>
  new TsslError(
    "TRAINING_FAILED",
    `The linear probe's loss is not a number with learning rate ${learningRate}. ` +
      `Try a smaller one, or several to choose from.`,
    { data: { learningRate } },
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
  return new TsslError(
    "NOT_FINITE",
    `Step ${step} gave numbers that are not finite. ${where}${others}${stateText(tensors)} ${saved} ` +
      `\`tssl replay ${folder}\` repeats the step and shows the op that first gave such a number. A ` +
      `smaller optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) ` +
      `usually helps.`,
    { data: { ...facts } },
  );
}

function stateText([first, ...more]: NotFiniteFacts["tensors"]): string {
  if (first === undefined) return "";
  const others = more.length === 1 ? "1 more tensor is" : `${more.length} more tensors are`;
  const rest = more.length === 0 ? "" : `, and ${others} not finite`;
  return ` In the state after the step, ${first.name} has ${notFiniteText(first)}${rest}.`;
}

// CHECKPOINT

export const notSafetensors = (source: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("CHECKPOINT", `${source} is not a valid safetensors file: ${reason}.`, {
    cause,
    data: { source, reason },
  });
};

/** Reasons why bytes are not a valid safetensors file. */
export const arrayTruncated = (name: string, end: number, fileBytes: number): Error =>
  new Error(`"${name}" ends at byte ${end}, and the file has ${fileBytes} bytes`);
export const arrayTypeUnknown = (name: string, dtype: string): Error =>
  new Error(`"${name}" has type ${dtype}; only F32, I32 and U8 can be read`);

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

/** A file that is gone has the code `whenMissing`; one that cannot be read never counts as damaged. */
export function checkpointUnreadable(
  file: string,
  cause: unknown,
  whenMissing: "CHECKPOINT" | "CHECKPOINT_DAMAGED",
): TsslError {
  if (isMissing(cause)) return new TsslError(whenMissing, `${file} is missing.`, { cause, data: { file } });
  const reason = messageOf(cause);
  return new TsslError("CHECKPOINT", `${file} cannot be read: ${reason}.`, { cause, data: { file, reason } });
}

export const stateNotSavable = (name: string): TsslError =>
  new TsslError("CHECKPOINT", `State "${name}" must be float32 or int32 to be saved.`, { data: { name } });

/** A value of the run that a checkpoint lacks or has in another shape. */
export interface Misfit {
  readonly name: string;
  /** The shape in the checkpoint; absent where it has no such value. */
  readonly saved?: readonly number[];
  readonly wanted: readonly number[];
}

export function checkpointDoesNotFit(source: string, misfits: readonly Misfit[]): TsslError {
  const lines = misfits.map(({ name, saved, wanted }) =>
    saved === undefined
      ? `  - ${name} is missing`
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

// CHECKPOINT_DAMAGED

export const checkpointTruncated = (file: string, found: number, written: number): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} has ${found} bytes of ${written}.`, {
    data: { file, found, written },
  });

export const checkpointAltered = (file: string): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} has changed since it was written: its checksum differs.`, {
    data: { file },
  });

export const checkpointNotJson = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("CHECKPOINT_DAMAGED", `${file} is not a valid checkpoint: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

/** The reason why a file is not a valid checkpoint. */
export const notAnObject = (text: string): Error =>
  new Error(`it must contain an object, got ${text.trim()}`);

// Notices: what a run met, and how it continues.

export const indexingShards = (source: string, folder: string): string =>
  `Indexing the shards of ${source}. This happens once: the indexes are kept in ${folder}.`;

export const indexedShards = (done: number, all: number, images: number): string =>
  `Indexed ${done} of ${all} shards, ${count(images)} images.`;

export const noKnnWithoutTest = (): string => "There is no data.test, so kNN accuracy is not measured.";

export const noKnnWithoutClasses = (source: string): string =>
  `${source} has no classes, so kNN accuracy is not measured.`;

/** @param problem a sentence. */
export const usingEarlierCheckpoint = (problem: string): string =>
  `${problem} Using the checkpoint before it.`;

export const NO_CHECKPOINT_YET = "The run ended before its first checkpoint, and starts from the beginning.";

export const otherEnvironment = (changes: readonly Change[]): string =>
  `This environment differs from the one before (${changes.map(changeText).join("; ")}). ` +
  "Results may differ in the last bits.";

export const runFinishedBefore = (folder: string, steps: number): string =>
  `${folder} has finished: all ${count(steps)} steps are taken. Nothing was trained or changed.`;

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

// Advice on loading.

const waited = (idleShare: number): string => `steps waited for images ${percent(idleShare)} of the time`;

export const loaderKeepsUp = (idleShare: number): string => `The loader keeps up: ${waited(idleShare)}.`;

const loaderIsBottleneck = (idleShare: number, rest: string): string =>
  `The loader is the bottleneck: ${waited(idleShare)}${rest}.`;

export const decodingIsSlow = (idleShare: number): string =>
  loaderIsBottleneck(
    idleShare,
    ", and reading and decoding take most of the loader's time. Raise data.cacheMegabytes until all " +
      "decoded images fit, set data.decode: fast for large JPEGs, or use smaller files",
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

export const noEmbeddings = (): string =>
  "Loss and gradients are as they should be. No plugin publishes embeddings, so a collapse cannot be seen.";

/** What shows that a run learns. */
export interface LearningFacts extends Rank {
  /** The variance of embeddings that two views of an image share, 0 .. 1, now and in the first steps. */
  readonly shared: number;
  readonly sharedAtFirst: number;
  readonly spread: number;
}

const learningText = ({ shared, sharedAtFirst, spread, ...rank }: LearningFacts): string =>
  `two views of an image share ${percent(shared, 0)} of the embeddings' variance, ` +
  `${percent(sharedAtFirst, 0)} in the first steps (spread ${digits(spread)}, ${rankText(rank)}).`;

export const tooEarlyToSay = (facts: LearningFacts): string => `Too early to say: ${learningText(facts)}`;

export const isLearning = (facts: LearningFacts): string => `Learning: ${learningText(facts)}`;

export const notYetLearning = (facts: LearningFacts): string =>
  `Not collapsed, and not yet learning: ${learningText(facts)}`;
