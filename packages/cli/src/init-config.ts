import path from "node:path";

import { isAddress } from "@tssl/augment-zoo";

import { mergedLayers, readConfigLayers } from "./extended-config.ts";
import { tooFewImages } from "./messages/init.ts";
import { type PresetName, presetNotes, presets } from "./presets.ts";

export const initKinds = ["small", "photos"] as const;
export type InitKind = (typeof initKinds)[number];

export const initMethods = ["moco", "moco+clsa", "simclr", "simclr+clsa", "byol", "byol+clsa"] as const;
export type InitMethod = (typeof initMethods)[number];

/** The answers that a new config is made from. */
export interface InitAnswers {
  readonly images: { readonly folder: string; readonly count: number };
  readonly kind: InitKind;
  readonly method: InitMethod;
  /** By default those of the preset. */
  readonly epochs?: number;
  /** By default that of the preset. */
  readonly encoder?: InitEncoder;
  /** Of the run; by default of images and method: "photos-moco-clsa". */
  readonly name?: string;
}

const initEncoders = {
  small: ["resnet18", "resnet20", "resnet34", "resnet50"],
  photos: ["resnet18", "resnet34", "resnet50"],
} as const satisfies Readonly<Record<InitKind, readonly string[]>>;
export type InitEncoder = (typeof initEncoders)[InitKind][number];

export const encodersFor = (kind: InitKind): readonly InitEncoder[] => initEncoders[kind];

/** The encoder that trains in hours rather than days without a GPU. */
export const encoderForCpu = (kind: InitKind): InitEncoder => (kind === "small" ? "resnet20" : "resnet18");

/** The name of a run where none is given: of its images and its method. */
export const nameFor = (folder: string, method: InitMethod): string =>
  `${path.basename(path.resolve(folder))}-${method.replace("+", "-")}`;

/** Name of the schema beside a new config. */
export const SCHEMA_FILE = "tssl.schema.json";

/**
 * Images in the smallest batch: batch norm in eight groups, as in MoCo's presets, needs two images in each
 * group.
 */
const SMALLEST_BATCH = 16;
/** Images in the largest batch for photos; the presets for photos have batches for many accelerators. */
const LARGEST_BATCH_OF_PHOTOS = 256;

/** The preset that a new config extends. */
export function presetFor({ kind, method }: Pick<InitAnswers, "kind" | "method">): PresetName {
  if (kind === "photos" && method === "moco+clsa") return "clsa/imagenet";
  const base = method.replace("+clsa", "") as "moco" | "simclr" | "byol";
  if (kind === "photos") return `${base}/imagenet`;
  return base === "moco" ? "moco/cifar10" : `${base}/cifar10-lightly`;
}

/** The values of a preset that a new config repeats. */
interface PresetValues {
  readonly imageSize: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly encoder: { readonly use: string };
  readonly optimizer: { readonly use: string; readonly lr: number; readonly warmupEpochs?: number };
}

/** The values of a preset, merged with those of the files that it extends. */
export const presetValues = async (name: PresetName): Promise<PresetValues> =>
  mergedLayers(await readConfigLayers(presets[name])) as unknown as PresetValues;

/**
 * The text of a new config. It extends a preset and repeats its most important values, each with a comment
 * about its source.
 *
 * If the batch size differs from the preset's, the comments give the reason, and say whether the learning
 * rate was scaled.
 *
 * @param file path of the new config; the path of the images is relative to its folder.
 * @throws {UsageError} for fewer than 16 images.
 */
export async function initConfigText(answers: InitAnswers, file: string): Promise<string> {
  const { images, kind, method } = answers;
  if (images.count < SMALLEST_BATCH) {
    throw tooFewImages(images.folder, images.count, SMALLEST_BATCH);
  }
  const name = presetFor(answers);
  const preset = await presetValues(name);
  const [title = ""] = await presetNotes(name);
  const count = images.count.toLocaleString("en");
  const batch = batchFor(answers, preset);
  const rate = rateFor(name, preset, batch.value);
  const epochs =
    answers.epochs === undefined || answers.epochs === preset.epochs
      ? { value: preset.epochs, source: "the preset's" }
      : { value: answers.epochs, source: `your answer; the preset has ${preset.epochs}` };
  return [
    `# yaml-language-server: $schema=./${SCHEMA_FILE}`,
    "# Values that are not set here come from the preset or are defaults; to see them:",
    `#   tssl config explain ${path.basename(file)}`,
    `extends: ${name} # ${title}`,
    `name: ${JSON.stringify(answers.name ?? nameFor(images.folder, method))} # of the run's page and folder`,
    "data:",
    `  train: ${JSON.stringify(fromFolderOf(file, images.folder))} # your answer: ${count} images`,
    "  # test: ./labelled # labelled images, in the same folders: adds an evaluation by nearest neighbours",
    `imageSize: ${preset.imageSize} # the preset's; your answer: ` +
      (kind === "small" ? "small images" : "photos"),
    `epochs: ${epochs.value} # ${epochs.source}`,
    `batchSize: ${batch.value} # ${batch.source}`,
    ...encoderLine(answers, preset),
    ...optimizerLines(rate, epochs.value, preset),
    ...(method.endsWith("+clsa") && name !== "clsa/imagenet"
      ? [
          "plugins: # added to the preset's",
          "  - { use: clsa, beta: 1 } # your answer; beta as in arXiv:2104.07713",
        ]
      : []),
    "",
  ].join("\n");
}

function encoderLine({ encoder, kind }: InitAnswers, preset: PresetValues): readonly string[] {
  if (encoder === undefined || encoder === preset.encoder.use) return [];
  const stem = kind === "small" && encoder !== "resnet20" ? ", stem: cifar" : "";
  return [`encoder: { use: ${encoder}${stem} } # your answer; the preset has ${preset.encoder.use}`];
}

/** A warm-up as long as the run would end it before the learning rate is reached. */
function optimizerLines(
  rate: Sourced,
  epochs: number,
  { optimizer: { warmupEpochs = 0 } }: PresetValues,
): readonly string[] {
  if (warmupEpochs < epochs) return [`optimizer: { lr: ${rate.value} } # ${rate.source}`];
  return [
    "optimizer:",
    `  lr: ${rate.value} # ${rate.source}`,
    `  warmupEpochs: ${Math.floor(epochs / 10)} # a tenth of the epochs; the preset's ` +
      `${warmupEpochs} would not end before this run`,
  ];
}

interface Sourced {
  readonly value: number;
  readonly source: string;
}

/** The preset's batch size, unless it is too large for photos on one machine or for the number of images. */
function batchFor({ images, kind }: InitAnswers, preset: PresetValues): Sourced {
  const bearable = kind === "photos" ? Math.min(preset.batchSize, LARGEST_BATCH_OF_PHOTOS) : preset.batchSize;
  const fitting = Math.max(SMALLEST_BATCH, 2 ** Math.floor(Math.log2(images.count / 4)));
  const was = `the preset has ${preset.batchSize}`;
  if (fitting < bearable) return { value: fitting, source: `small, for more steps per epoch; ${was}` };
  if (bearable < preset.batchSize) return { value: bearable, source: `for one machine; ${was}` };
  return { value: bearable, source: "the preset's" };
}

/**
 * Learning rates per 256 images of the papers that scale them with the batch: SimCLR, section 2.2, and BYOL,
 * section 3.3.
 */
const RATES_PER_256: Partial<Record<PresetName, number>> = { "simclr/imagenet": 0.3, "byol/imagenet": 0.2 };

function rateFor(name: PresetName, { batchSize, optimizer }: PresetValues, batch: number): Sourced {
  const per256 = RATES_PER_256[name];
  if (batch === batchSize) return { value: optimizer.lr, source: "the preset's" };
  if (per256 !== undefined) {
    return {
      value: (per256 * batch) / 256,
      source: `the paper's ${per256} * batchSize / 256, for this batch`,
    };
  }
  return { value: optimizer.lr, source: `the preset's, for batches of ${batchSize}; not scaled` };
}

/** "./images": the path of a folder relative to the folder of a config file. */
function fromFolderOf(file: string, folder: string): string {
  if (isAddress(folder)) return folder;
  const relative = path.relative(path.dirname(path.resolve(file)), path.resolve(folder));
  return relative.startsWith("..") || path.isAbsolute(relative) ? relative : `./${relative}`;
}
