/** Every error of the commands: one function for each message, in the order of their codes. */

import {
  bytes,
  type CheckpointScore,
  count,
  counted,
  type DefinitionKind,
  didYouMean,
  didYouMeanElsewhere,
  inShell,
  luckyDifference,
  percent,
  points,
  shownValue,
  withArticle,
} from "@tssl/core/internal";
import type { ImageError } from "@tssl/augment-zoo";
import { TsslError } from "@tssl/core/run";
import type { Differences } from "@tssl/report";
import { messageOf } from "@tssl/engine";
import { InvalidArgumentError } from "commander";

import { UsageError } from "./errors.ts";

const quoted = shownValue;

// INVALID_CONFIG

export const configNotAnObject = (file: string, got: unknown): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${file} must contain an object with data, encoder, plugins, …, got ${quoted(got)}.`,
    { data: { file, got } },
  );

/** @param chain names of the files, from the first to the one that extends it again. */
export const extendsItself = (file: string, chain: readonly string[]): TsslError =>
  new TsslError("INVALID_CONFIG", `${file}: extends leads back to the same file: ${chain.join(" → ")}.`, {
    data: { file, chain },
  });

/** @param name of a plugin, encoder or optimizer that stood in a config in TypeScript itself. */
export const definitionNotKept = (kind: DefinitionKind, name: string, runFolder: string): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${runFolder} was trained with ${withArticle(kind)} ${quoted(name)} that is known by no name or file: it ` +
      "stood in the config itself, which a run keeps no copy of. Name the config again, " +
      `tssl train <config> --resume ${inShell(runFolder)}, or give the ${kind} a file of its own, ` +
      '{ use: "./mine.ts" }, before you train.',
    { data: { kind, name, runFolder } },
  );

export const moduleNotLoaded = (use: string, cause: unknown): TsslError => {
  const reason = messageOf(cause).split("\n")[0]!.replace(/\.$/, "");
  return new TsslError("INVALID_CONFIG", `The module ${use} cannot be loaded: ${reason}.`, {
    cause,
    data: { use, reason },
  });
};

/** The reason why a module cannot be used. */
export const noDefinition = (): Error =>
  new Error("its default export is no plugin, encoder or optimizer; definePlugin makes one");
export const otherDefinition = (found: DefinitionKind, wanted: DefinitionKind): Error =>
  new Error(`its default export is ${withArticle(found)}, and ${withArticle(wanted)} is needed here`);

export const nothingToReplace = (
  key: "replace" | "remove",
  name: unknown,
  known: readonly string[],
): TsslError => {
  const found =
    known.length === 0 ? "it extends none that lists plugins" : `what it extends has ${known.join(", ")}`;
  const hint = typeof name === "string" ? didYouMean(name, known) : "";
  return new TsslError("INVALID_CONFIG", `plugins: there is no ${quoted(name)} to ${key}: ${found}.${hint}`, {
    data: { key, name, known },
  });
};

export const unknownBase = (file: string, base: unknown, presets: readonly string[]): TsslError => {
  const hint = typeof base === "string" ? didYouMean(base, presets) : "";
  return new TsslError(
    "INVALID_CONFIG",
    `${file}: extends must be the path of a config file, also in an installed package, or a preset, ` +
      `got ${quoted(base)}.${hint} ` +
      `Presets: ${presets.join(", ")}`,
    { data: { file, base } },
  );
};

/** @param errors by the name of the variant. */
export const variantsRefused = (errors: ReadonlyMap<string, TsslError>): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    [...errors].map(([variant, { message }]) => `${variant}: ${message}`).join("\n"),
    { data: { variants: [...errors].map(([variant, { code, data }]) => ({ variant, code, data })) } },
  );

// INVALID_DATA

/** @param first why the first of them cannot be decoded, and what to do. */
export const nothingToMeasure = (
  images: number,
  { file, found, advice }: Pick<ImageError, "file" | "found" | "advice">,
): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `None of ${counted(images, "image")} can be decoded: nothing is measured. The first is ${file}: ` +
      `${found}. ${advice}`,
    { data: { images, file } },
  );

/** @param path "data.train" or "data.test". */
export const imagesMoved = (path: string, folder: string, remedy: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${path} of the run is ${folder}, where nothing is. If its images have moved, say where they are: ` +
      remedy,
    { data: { path, folder } },
  );

// INVALID_OPTION

export const testNotGiven = (): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    "Name the images to classify with --test: the config of this run names none, as neither data.test nor " +
      "evaluation.test is set.",
    { data: { path: "--test" } },
  );

/** @param use the encoder as the config names it. */
export const encoderWithoutLayers = (use: string): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `The protocol vissl classifies by the feature maps of an encoder's stages, and ${use} has none. Train on ` +
      "its features with --layers features, or choose another --protocol.",
    { data: { path: "--layers", encoder: use } },
  );

export const layersUnknown = (use: string, unknown: readonly string[], known: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `--layers must name layers of ${use}: ${known.join(", ")}; got ${unknown.map(quoted).join(", ")}.` +
      didYouMean(unknown[0]!, known),
    { data: { path: "--layers", encoder: use, unknown, known } },
  );

/** A notice. @param reason a sentence. */
export const baselineNotMeasured = (reason: string): string =>
  `The untrained encoder could not be measured, so there is no baseline: ${reason}`;

/**
 * A notice: what `--checkpoint best` means.
 *
 * @param testOfRun whether the images that are classified are those that the run was evaluated on.
 */
export function checkpointChosen(
  checkpoint: string,
  { by, value }: CheckpointScore,
  testOfRun: boolean,
): string {
  if (by === "rank") {
    return `${checkpoint} is the best by the effective rank of its features, ${value.toPrecision(3)}; no label was looked at.`; // prettier-ignore
  }
  if (by === "held-out") {
    return `${checkpoint} is the best by kNN accuracy on held-out labelled images, ${percent(value)}; no test image was looked at.`; // prettier-ignore
  }
  return (
    `${checkpoint} is the best by kNN accuracy on the run's test images, ${percent(value)}` +
    (testOfRun
      ? ", which are classified here too: results of a checkpoint that was chosen by them are too good. " +
        "checkpoint.best: held-out, or rank, chooses without them."
      : ".")
  );
}

/** A notice. @param reason what the system says. */
export const evaluationNotKept = (runFolder: string, reason: string): string =>
  `The result could not be kept in ${runFolder}: ${reason}.`;

/** A notice. @param chance the loss of guessing, in nats. */
export const probeDiverges = (
  { learningRate, trainLoss }: { readonly learningRate: number; readonly trainLoss: number },
  chance: number,
): string =>
  `With lr ${learningRate} the probe's loss ends at ${trainLoss.toPrecision(3)}, above that of guessing ` +
  `(${chance.toPrecision(3)}): the rate is too large for these features. Try a smaller --lr.`;

interface MeasuredShare {
  readonly fraction: number;
  readonly top1: number;
  readonly images: number;
}

/** Whether pre-training pays with a share of the labels. @param scratch the same network from scratch. */
export function preTrainingPays({ fraction, top1, images }: MeasuredShare, scratch: MeasuredShare): string {
  const [gain, luck] = [top1 - scratch.top1, luckyDifference(top1, scratch.top1, images)];
  const share = `With ${percent(fraction)} of the labels`;
  if (Math.abs(gain) <= luck) {
    return (
      `${share} pre-training makes no clear difference: ${points(gain)}, and luck explains ` +
      `${points(luck).slice(1)}.`
    );
  }
  return gain > 0
    ? `${share} pre-training pays: ${points(gain)} over the same network from scratch.`
    : `${share} training from scratch is better, by ${points(-gain).slice(1)}.`;
}

/** A notice of low-shot results in VISSL's protocol. */
export const costsByTestImages = (): string =>
  "C is the one with the highest mAP on the test images, as in VISSL's code: read these as best cases.";

/** A notice. @param reason a sentence. */
export const noPictures = (reason: string): string => `The page has no pictures: ${reason}`;

/** A notice of several lines. @param reason the message of an error. */
export const noViews = (reason: string): string => `The page has no pictures of views. ${reason}`;

/** @param size of an image, "224 × 224". */
export const imageTooLarge = (size: string, each: number, free: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `One image of ${size} pixels needs about ${bytes(each)} of memory in this encoder, and ` +
      `${bytes(free)} are free. Use an encoder of smaller images, or a machine with more memory.`,
    { data: { size, bytes: each, free } },
  );

// WEIGHTS

export const encoderFileUnknown = (file: string): TsslError =>
  new TsslError(
    "WEIGHTS",
    `${file} does not say which encoder it holds, and it is no ResNet of torchvision. Give a file that ` +
      "tssl export wrote, one of timm with its config.json beside it, or a run folder.",
    { data: { file } },
  );

/** @param name timm's of the model. */
export const timmModelUnknown = (file: string, name: string): TsslError =>
  new TsslError(
    "WEIGHTS",
    `${file} holds ${name} of timm, by the config.json beside it, which is no encoder of tssl. Those are ` +
      "resnet18, resnet34, resnet50, resnext50_32x4d, wide_resnet50_2, convnext_tiny, and ViTs as timm's " +
      "vit_tiny, vit_small, vit_base and deit without distillation.",
    { data: { file, architecture: name } },
  );

/** A notice. @param crop the share of a side. */
export const timmCropsOtherwise = (crop: number, interpolation: string): string =>
  `timm resizes images for this model by ${interpolation} interpolation and cuts out the middle ` +
  `${percent(crop)}; tssl resizes bilinearly and cuts out 87.5 %, so that features of a photo differ a little.`;

// RUN_FOLDER

/** @param difference "variants.1.resolved.epochs was 2, is 3". */
export const anotherComparison = (folder: string, difference: string): TsslError =>
  new TsslError(
    "RUN_FOLDER",
    `${folder} holds another comparison: ${difference}. Choose another folder with --out.`,
    { data: { folder, difference } },
  );

export const notAComparison = (folder: string): TsslError =>
  new TsslError(
    "RUN_FOLDER",
    `${folder} must be a new or empty folder, or that of a comparison. Choose another with --out.`,
    { data: { folder } },
  );

// USAGE

export const allowChangeWithoutResume = (): UsageError =>
  new UsageError("--allow-change can only be used with --resume.", { option: "--allow-change" });

export const checkpointOfFile = (file: string): UsageError =>
  new UsageError(`--checkpoint names one of a run, and ${file} is a file of weights.`, { file });

export const projectionsOfFile = (file: string): UsageError =>
  new UsageError(
    `--projections are those of a run's head, and ${file} holds an encoder alone. Name the run folder.`,
    { file },
  );

/** @param out what was given to --out. */
export const notAnEmbeddingFile = (out: string): UsageError =>
  new UsageError(`--out must end in .parquet or .npy, got ${quoted(out)}.`, { option: "--out", out });

export const configMissing = (): UsageError =>
  new UsageError("train needs a config file, or --resume <run>.", { option: "config" });

export const fileExists = (file: string): UsageError =>
  new UsageError(`${file} exists already; nothing was written. Choose another path.`, { file });

export const imageOutOfRange = (place: number, count: number): UsageError =>
  new UsageError(`--image must be 0 to ${count - 1}, the number of a training image, got ${place}.`, {
    option: "--image",
    got: place,
  });

export const moreClustersThanImages = (clusters: number, images: number): UsageError =>
  new UsageError(`--clusters must be 1 to ${images}, the images that are clustered, got ${clusters}.`, {
    option: "--clusters",
    got: clusters,
  });

export const imagesMissing = (): UsageError =>
  new UsageError("--images must be given with --yes, or where there is no terminal to ask on.", {
    option: "--images",
  });

export const itemMissing = (path: string, item: string, items: readonly string[]): UsageError =>
  new UsageError(`${path}: the list has no item "${item}". It has ${items.join(", ")}.`, {
    path,
    item,
    items,
  });

export const malformedOverride = (by: string, text: string): UsageError =>
  new UsageError(`${by} must be path=value, as in optimizer.lr=0.1, got ${quoted(text)}.`, {
    option: by,
    got: text,
  });

export const malformedVary = (vary: string): UsageError =>
  new UsageError(`--vary must be path=value,value,…, as in plugins.clsa.beta=0,0.5,1, got ${quoted(vary)}.`, {
    option: "--vary",
    got: vary,
  });

export const nothingToCompare = (): UsageError =>
  new UsageError("There is nothing to compare: give two configs, or one config and --vary path=value,value.");

export const outWithResume = (): UsageError =>
  new UsageError("--out is for a new run; --resume continues in the run's own folder.", { option: "--out" });

export const privateWithoutPush = (): UsageError =>
  new UsageError("--private is of the repository that --push names; give both, or none.", {
    option: "--private",
  });

export const tokenMissing = (): UsageError =>
  new UsageError(
    "--push needs a token of the Hugging Face hub that may write, in the environment: HF_TOKEN=hf_…",
    { option: "--push" },
  );

/** The address may hold a password, and is not shown. */
export const hubNotPrivate = (): UsageError =>
  new UsageError(
    "HF_ENDPOINT must be an https:// address without a user and a password: the token in HF_TOKEN goes " +
      "there.",
    { option: "--push" },
  );

/** @param reason of the parser. */
export const overrideNotRead = (by: string, text: string, reason: string): UsageError =>
  new UsageError(`${by} ${quoted(text)} cannot be read: ${reason}.`, { option: by, got: text });

export const pathTooDeep = (by: string, keys: number, most: number): UsageError =>
  new UsageError(`${by} must name an option by at most ${most} keys, got ${keys}.`, { option: by });

/** @param place "99". @param length of the list. */
export const placeBeyondList = (place: string, length: number): UsageError =>
  new UsageError(
    `A list of the config has ${counted(length, "item")}, so that a place in it is ` +
      `0 to ${length}, where ${length} adds one; got ${place}.`,
    { place, length },
  );

/** @param what "--out". */
export const placeNotWritable = (what: string, place: string, reason: string): UsageError =>
  new UsageError(`${what}: ${place} cannot be written: ${reason}. Choose another place.`, {
    option: what,
    place,
    reason,
  });

/** @param nearest a name like it. */
export const noPluginName = (got: string, nearest: string | undefined): UsageError =>
  new UsageError(
    "The plugin takes the name of its folder, which must be words of lower-case letters and digits, the " +
      `first of which begins with a letter, with one hyphen between two of them; got ${quoted(got)}.` +
      (nearest === undefined ? "" : ` Call it ${nearest}.`),
    { got },
  );

export const pluginNameTaken = (name: string): UsageError =>
  new UsageError(
    `The plugin takes the name of its folder, and ${name} is a plugin that comes with tssl. Choose another ` +
      `name, such as my-${name}.`,
    { name },
  );

export const questionsCancelled = (): UsageError =>
  new UsageError("Cancelled before the last answer; nothing was written.");

export const sameRunTwice = (): UsageError => new UsageError("report was given the same run twice.");

export const sameVariantName = (name: string, first: string, second: string): UsageError =>
  new UsageError(`Two variants would be called "${name}": ${first} and ${second}.`, {
    name,
    configs: [first, second],
  });

export const tooFewImages = (folder: string, count: number, least: number): UsageError =>
  new UsageError(`${folder} has ${count} images; training needs at least ${least}.`, {
    folder,
    count,
    least,
  });

export const unknownCode = (got: string, hint: string): UsageError =>
  new UsageError(`There is no error code ${got}.${hint}`, { got });

export const unknownEncoder = (got: string, kind: string, known: readonly string[]): UsageError =>
  new UsageError(
    `--encoder must be one of ${known.join(", ")} for ${kind}, got ${got}.${didYouMean(got, known)}`,
    {
      option: "--encoder",
      got,
    },
  );

export const unknownKey = (key: string, known: readonly string[]): UsageError =>
  new UsageError(
    `${key}: the config has no such option.${didYouMeanElsewhere(key, known) || didYouMean(key, known)} ` +
      "Without a key, tssl config explain shows all options.",
    { key },
  );

export const unknownRow = (got: string, known: readonly string[], hint: string): UsageError =>
  new UsageError(`The table has no row ${quoted(got)}.${hint} Rows: ${known.join(", ")}.`, { got });

/** @param measured rows that have receipts. */
export const nothingToReproduce = (system: string, measured: readonly string[]): UsageError =>
  new UsageError(
    `Nothing was measured of ${system} yet, so there is nothing to reproduce. Rows with receipts: ` +
      `${measured.join(", ")}.`,
    { system },
  );

export const unknownView = (view: string, known: readonly string[]): UsageError =>
  new UsageError(`--view must name views of this config (${known.join(", ")}), got ${view}.`, {
    option: "--view",
    got: view,
  });

/**
 * @param known names that a baseline can have: those of variants, and their values in a sweep of one option.
 */
export const unknownBaseline = (got: string, known: readonly string[]): UsageError =>
  new UsageError(
    `--baseline must be one of ${known.join(", ")}, got ${quoted(got)}.${didYouMean(got, known)}`,
    { option: "--baseline", got },
  );

export const variesSeveralConfigs = (configs: readonly string[]): UsageError =>
  new UsageError(`--vary varies one config, got ${configs.length}: ${configs.join(", ")}.`, {
    option: "--vary",
    configs,
  });

// What came of measuring a figure of the table again

const relative = (difference: number): string => difference.toExponential(1);

/** What to do where a figure does not hold. */
const REPORT_IT =
  "Check the installation with tssl doctor. If it is well, please report this with what doctor prints.";

export const goldenStepsGone = (name: string): string =>
  `The installed plugin has no steps of PyTorch's named ${name} any more. Install one version of all ` +
  "packages.";

/** Steps beside a reference's, by relative differences. */
export interface ComparedSteps {
  readonly name: string;
  readonly steps: number;
  readonly found: Differences;
  readonly tolerance: Differences;
  readonly holds: boolean;
}

export function stepsCompared({ name, steps, found, tolerance, holds }: ComparedSteps): string {
  const parts = (["loss", "gradients", "state"] as const).map(
    (kind) => `${kind} ${relative(found[kind])} (allowed ${relative(tolerance[kind])})`,
  );
  const compared = `${steps} steps of ${name} differ from PyTorch's by: ${parts.join(", ")}.`;
  return holds ? compared : `${compared} ${REPORT_IT}`;
}

export const presetChanged = (preset: string): string =>
  `${preset} no longer has the values that were measured, so its curve says nothing of it. Install the ` +
  "version of tssl that the receipt names, or measure it anew.";

/** The loss of a miniature that is farthest from the receipt's. */
export interface ComparedMiniature {
  readonly preset: string;
  readonly steps: number;
  readonly step: number;
  readonly got: number;
  readonly want: number;
  readonly difference: number;
  readonly tolerance: number;
  readonly holds: boolean;
}

export function miniatureCompared(compared: ComparedMiniature): string {
  const { preset, steps, step, got, want, difference, tolerance, holds } = compared;
  const sentence =
    `Of the first ${steps} losses of ${preset} on the bundled images, that of step ${step} is farthest ` +
    `from the receipt's: ${got.toPrecision(6)}, there ${want.toPrecision(6)}; they differ by ` +
    `${relative(difference)} (allowed ${relative(tolerance)}).`;
  return holds ? sentence : `${sentence} ${REPORT_IT}`;
}

/** Times of steps as multiples of MoCo v2's. */
export interface ComparedCost {
  readonly found: number;
  readonly ratio: number;
  readonly tolerance: number;
  readonly holds: boolean;
}

export function costCompared({ found, ratio, tolerance, holds }: ComparedCost): string {
  const sentence =
    `A step takes ${found.toFixed(2)} times as long as MoCo v2's here, ${ratio.toFixed(2)} times in the ` +
    `receipt (allowed ± ${percent(tolerance)} of it).`;
  return holds
    ? sentence
    : `${sentence} Close other programs and measure again; another processor may have another ratio.`;
}

// Notices

export const lookedAt = (done: number, all: number): string =>
  `Looked at ${count(done)} of ${counted(all, "image")}.`;

/** @param all bytes that a batch of as many as were asked for needs. */
export const smallerBatch = (asked: number, size: string, all: number, free: number, taken: number): string =>
  `A batch of ${counted(asked, "image")} of ${size} pixels needs about ${bytes(all)} of memory, and ` +
  `${bytes(free)} are free: ${counted(taken, "image")} are taken at a time.`;

/** @param rows images whose features an earlier call has computed. */
export const embeddingGoesOn = (rows: number, of: number): string =>
  `An earlier call has computed ${count(rows)} of ${counted(of, "image")}; this one goes on.`;

export const embedded = (rows: number, of: number, perSecond: number, left: string): string =>
  `${count(rows)} of ${counted(of, "image")}, ${count(perSecond)} a second, ${left} left.`;

/** @param what "with 10.0 % of the labels" */
export const fineTuningGoesOn = (
  what: string,
  { epoch, batch }: { readonly epoch: number; readonly batch: number },
  epochs: number,
): string =>
  `An earlier call has trained ${what} for ${epoch} of ${counted(epochs, "epoch")}` +
  `${batch === 0 ? "" : ` and ${counted(batch, "step")}`}; this one goes on.`;

export const fineTuningEnded = (what: string): string =>
  `An earlier call has trained ${what} to the end; its result is taken.`;

/** @param why a sentence. */
export const fineTuningBegunAnew = (what: string, why: string): string =>
  `Training ${what} begins anew: what an earlier call has kept of it cannot be used. ${why}`;

export const fineTuningNotKept = (reason: string): string =>
  `The state of the training cannot be kept (${reason}). Where this call is stopped, the next one begins ` +
  "anew.";

/** @param isKept whether the state could be kept. */
export const fineTuningStopped = (isKept: boolean): string =>
  isKept ? "Stopped. The same command goes on from here." : "Stopped.";

export const embeddingsWritten = (images: number, dim: number, out: string): string =>
  `${counted(images, "image")}, ${count(dim)} features: ${out}`;

export const nearDuplicatesFound = (groups: number, shown: number): string =>
  groups === 0
    ? "No near duplicates."
    : `${counted(groups, "group")} of near ` +
      `duplicates${shown < groups ? `, of which the ${shown} largest follow` : ""}, ` +
      "each with its smallest cosine:";

export const OUTLIERS = "Images that are like no other, each with the mean cosine to its nearest:";

export const artefactProven = (name: string, provenBy: string): string => `${name} is proven (${provenBy}).`;

// Values of command-line options: commander puts the option and the value before these sentences.

export const mustBeOneOf = (got: string, choices: readonly string[]): InvalidArgumentError =>
  new InvalidArgumentError(`It must be one of ${choices.join(", ")}.${didYouMean(got, choices)}`);

export const mustBeRepository = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be the name of a repository with its owner, such as me/encoder.");

export const mustBeACosine = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a cosine above 0 and at most 1.");

export const mustBeAbove0 = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a number above 0.");

export const mustBeAtLeast0 = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a whole number, 0 to 4,294,967,295.");

export const mustBeACount = (most: number): InvalidArgumentError =>
  new InvalidArgumentError(`It must be a whole number, 1 to ${most.toLocaleString("en-US")}.`);

export const mustBeFewer = (most: number): InvalidArgumentError =>
  new InvalidArgumentError(`It must name at most ${most.toLocaleString("en-US")} numbers.`);

export const mustBeARange = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be two numbers, the first below the second, such as 0,4095.");

export const mustBeAtMost1 = (): InvalidArgumentError => new InvalidArgumentError("It must be at most 1.");

export const mustBeAPort = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a whole number from 0 to 65535.");

export const mustBeASize = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a size above 0 with its unit, such as 800kB, 500MB or 1.5GB.");
