import path from "node:path";

import { mergedLayers, readConfigLayers } from "./extended-config.ts";
import { usageError } from "./errors.ts";
import { type PresetName, presetNotes, presets } from "./presets.ts";

export const initKinds = ["small", "photos"] as const;
export type InitKind = (typeof initKinds)[number];

export const initMethods = ["moco", "moco+clsa", "simclr", "simclr+clsa", "byol", "byol+clsa"] as const;
export type InitMethod = (typeof initMethods)[number];

/** What a new config is made from. */
export interface InitAnswers {
  readonly images: { readonly folder: string; readonly count: number };
  readonly kind: InitKind;
  readonly method: InitMethod;
  /** Absent: the preset's. */
  readonly epochs?: number;
}

/** The file that a new config names as its schema, beside it. */
export const SCHEMA_FILE = "tssl.schema.json";

/** Batch norm in eight groups, as MoCo's presets have it, needs two images in each. */
const SMALLEST_BATCH = 16;
/** The presets for photos have batches for many accelerators. */
const LARGEST_BATCH_OF_PHOTOS = 256;

/** The preset that a new config extends. */
export function presetFor({ kind, method }: Pick<InitAnswers, "kind" | "method">): PresetName {
  if (kind === "photos" && method === "moco+clsa") return "clsa/imagenet";
  const base = method.replace("+clsa", "") as "moco" | "simclr" | "byol";
  if (kind === "photos") return `${base}/imagenet`;
  return base === "moco" ? "moco/cifar10" : `${base}/cifar10-lightly`;
}

/** A preset, as far as a new config repeats it. */
interface PresetValues {
  readonly imageSize: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: { readonly use: string; readonly lr: number };
}

/** What a preset says, with what it extends. */
export const presetValues = async (name: PresetName): Promise<PresetValues> =>
  mergedLayers(await readConfigLayers(presets[name])) as unknown as PresetValues;

/**
 * The text of a new config: it extends a preset, repeats the values that one looks at first, and says beside each where it is from.
 *
 * Nothing is scaled on the quiet: where the batch is not the preset's, the comments say why, and what became of the learning rate.
 *
 * @param file where it will stand: the images' path counts from its folder.
 * @throws UsageError for fewer than 16 images.
 */
export async function initConfigText(answers: InitAnswers, file: string): Promise<string> {
  const { images, kind, method } = answers;
  if (images.count < SMALLEST_BATCH) {
    throw usageError(
      `${images.folder} holds ${images.count} images; training needs at least ${SMALLEST_BATCH}.`,
    );
  }
  const name = presetFor(answers);
  const preset = await presetValues(name);
  const [title = ""] = await presetNotes(name);
  const batch = batchFor(answers, preset);
  const rate = rateFor(name, preset, batch.value);
  const epochs =
    answers.epochs === undefined || answers.epochs === preset.epochs
      ? { value: preset.epochs, source: "the preset's" }
      : { value: answers.epochs, source: `your answer; the preset has ${preset.epochs}` };
  return [
    `# yaml-language-server: $schema=./${SCHEMA_FILE}`,
    "# What is not said here is the preset's or a default:",
    `#   tssl config explain ${path.basename(file)}`,
    `extends: ${name} # ${title}`,
    "data:",
    `  train: ${JSON.stringify(fromFolderOf(file, images.folder))} # your answer: ${images.count.toLocaleString("en")} images`,
    "  # test: ./labelled # images in the class folders of train: adds an evaluation by nearest neighbours",
    `imageSize: ${preset.imageSize} # the preset's; your answer: ${kind === "small" ? "small images" : "photos"}`,
    `epochs: ${epochs.value} # ${epochs.source}`,
    `batchSize: ${batch.value} # ${batch.source}`,
    `optimizer: { lr: ${rate.value} } # ${rate.source}`,
    ...(method.endsWith("+clsa") && name !== "clsa/imagenet"
      ? [
          "plugins: # added to the preset's",
          "  - { use: clsa, beta: 1 } # your answer; beta as in arXiv:2104.07713",
        ]
      : []),
    "",
  ].join("\n");
}

interface Sourced {
  readonly value: number;
  readonly source: string;
}

/** The preset's batch, unless it is too much for photos on one machine, or for a data set as small as this one. */
function batchFor({ images, kind }: InitAnswers, preset: PresetValues): Sourced {
  const bearable = kind === "photos" ? Math.min(preset.batchSize, LARGEST_BATCH_OF_PHOTOS) : preset.batchSize;
  const fitting = Math.max(SMALLEST_BATCH, 2 ** Math.floor(Math.log2(images.count / 4)));
  const was = `the preset has ${preset.batchSize}`;
  if (fitting < bearable) return { value: fitting, source: `so that an epoch has steps; ${was}` };
  if (bearable < preset.batchSize) return { value: bearable, source: `for one machine; ${was}` };
  return { value: bearable, source: "the preset's" };
}

/** Learning rates for batches of 256 of the papers that scale them with the batch: SimCLR, section 2.2, and BYOL, section 3.3. */
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

/** "./images", as a config in this file says it. */
function fromFolderOf(file: string, folder: string): string {
  const relative = path.relative(path.dirname(path.resolve(file)), path.resolve(folder));
  return relative.startsWith("..") || path.isAbsolute(relative) ? relative : `./${relative}`;
}
