import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";

import { parse, stringify } from "yaml";

import { requireShallowText } from "../config/parse-yaml.ts";
import { digestOf, keptMarks, LARGE_SET, type Marks, marksOf } from "../data/fingerprint.ts";
import { TsslError } from "../errors.ts";
import { checkedValue, readJsonFile } from "../files/json-file.ts";
import { isMissing } from "../files/is-missing.ts";
import { readRegularFile } from "../files/regular-file.ts";
import {
  anything,
  either,
  number,
  object,
  recordOf,
  type Shape,
  text,
  type TypeOf,
  whole,
} from "../files/shapes.ts";
import { fileDamaged, notYaml } from "../messages/damaged-files.ts";
import { fileUnreadable, folderNotEmpty, folderNotWritten, notARun } from "../messages/run-folder.ts";
import { removeUnfinished } from "./checkpoint.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import { failedStepFile } from "./failed-step.ts";
import { type MetricsLog, type MetricsLogOptions, openMetricsLog } from "../metrics/metrics-log.ts";
import { keepAside, type KeptAside, keptAsideIn, NOTHING_ASIDE } from "./kept-aside.ts";
import { keepCode } from "./kept-code.ts";
import { removeLaterEvaluations } from "./kept-evaluations.ts";
import type { ImageFingerprints, RunSetting } from "./run-identity.ts";
import { RUN_LOCK } from "./run-lock.ts";
import { whyNoFolderAt } from "../files/output-place.ts";
import { UNFINISHED, writeWhole } from "../files/write-whole.ts";

/**
 * Where a run keeps what it makes: config.yaml, code/ of the user's own modules, images.json, run.json,
 * metrics.jsonl, checkpoints/, features/, and outcome.json once it has ended.
 */
export interface RunFolder {
  /** Absolute. */
  readonly path: string;
  readonly checkpoints: CheckpointStore;
  readonly metricsFile: string;
  readonly metrics: MetricsLog;
  /** The files of a run that goes on as they were, until the session has something to show for itself. */
  readonly before: KeptAside;
}

/** What every run folder is opened with. */
export interface RunFolderOptions extends Pick<RunSetting, "config" | "code"> {
  /** What the images are; absent where that is not known yet, see `writeImages`. */
  readonly images?: ImageFingerprints;
  readonly checkpoints: CheckpointStore;
  /** Metrics cannot be written for now, because the disk is full; they wait in memory. */
  readonly onDiskFull: () => void;
}

/**
 * Refuses a folder that a new run cannot have. It is asked first, before images are read and the engine
 * starts; nothing is made.
 *
 * @throws {TsslError} RUN_FOLDER if there is something in it already, or it cannot be written.
 */
export async function requireNewFolder(folder: string): Promise<void> {
  const reason = whyNoFolderAt(folder);
  if (reason !== undefined) throw folderNotWritten(folder, new Error(reason));
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw folderNotWritten(folder, error);
  });
  const inside = names.filter((name) => name !== RUN_LOCK);
  if (inside.length > 0 && !isUnfinishedStart(inside)) {
    throw folderNotEmpty(folder, inside.length, "--out");
  }
}

/**
 * Opens a new run folder.
 *
 * @throws {TsslError} RUN_FOLDER if there is something in it already, or it cannot be written.
 */
export async function createRunFolder(folder: string, options: RunFolderOptions): Promise<RunFolder> {
  await requireNewFolder(folder);
  await removeUnfinished(folder);
  return open(folder, options, { keep: 0 }, NOTHING_ASIDE);
}

/** What a process leaves that is killed while it opens the folder: the config comes last. */
const isUnfinishedStart = (inside: readonly string[]): boolean =>
  inside.every((name) => ["checkpoints", "code", "images.json"].includes(name) || name.endsWith(UNFINISHED));

/**
 * Opens the folder of a run that goes on, and deletes what is left of the part that is lost: rows of metrics
 * after the checkpoint, checkpoints that are not whole, unfinished files. All files are kept as they were
 * until `before.drop()`, and evaluations of later steps stay until then.
 *
 * @param from.step that the run goes on from.
 * @param from.metricsRows rows that the checkpoint knows of.
 * @param from.mayLackRows whether fewer may be there.
 * @param from.damaged names of checkpoints that cannot be read.
 * @throws {TsslError} RUN_FOLDER if it cannot be written; FILE_DAMAGED if rows are lost.
 */
export async function reopenRunFolder(
  folder: string,
  options: RunFolderOptions,
  { step, metricsRows, mayLackRows = false, damaged }: ReopenedAt,
): Promise<RunFolder> {
  await removeUnfinished(checkpointsOf(folder));
  await removeUnfinished(folder);
  const before = await keepAside(folder, () => removeLaterEvaluations(folder, step)).catch(
    (error: unknown) => {
      throw folderNotWritten(folder, error);
    },
  );
  try {
    for (const name of damaged) await options.checkpoints.remove(name);
    await rm(outcomeFileOf(folder), { recursive: true, force: true }); // the run has not ended
    // The step is taken anew, perhaps with other options.
    await rm(failedStepFile(folder), { recursive: true, force: true });
    return await open(folder, options, { keep: metricsRows, mayLack: mayLackRows }, before);
  } catch (error) {
    await before.restore();
    throw error instanceof TsslError ? error : folderNotWritten(folder, error);
  }
}

interface ReopenedAt {
  readonly step: number;
  readonly metricsRows: number;
  readonly mayLackRows?: boolean;
  readonly damaged: readonly string[];
}

async function open(
  folder: string,
  { config, code, images, checkpoints, onDiskFull }: RunFolderOptions,
  rows: Pick<MetricsLogOptions, "keep" | "mayLack">,
  before: KeptAside,
): Promise<RunFolder> {
  const absolute = path.resolve(folder);
  const metricsFile = metricsFileOf(absolute);
  try {
    await mkdir(checkpointsOf(absolute), { recursive: true });
    if (images !== undefined) await writeImages(absolute, images);
    await keepCode(absolute, code);
    await writeWhole(configFileOf(absolute), stringify(config));
    return {
      path: absolute,
      checkpoints,
      metricsFile,
      metrics: await openMetricsLog(metricsFile, { ...rows, onDiskFull }),
      before,
    };
  } catch (error) {
    throw error instanceof TsslError ? error : folderNotWritten(folder, error);
  }
}

/** The config of a run, with every default filled in. */
export const configFileOf = (runFolder: string): string => path.join(runFolder, "config.yaml");
export const checkpointsOf = (runFolder: string): string => path.join(runFolder, "checkpoints");
/** The log of a run: one line of JSON for each step and evaluation. */
export const metricsFileOf = (runFolder: string): string => path.join(runFolder, "metrics.jsonl");
/** Written last, once a run has ended. */
export const outcomeFileOf = (runFolder: string): string => path.join(runFolder, "outcome.json");
const imagesFileOf = (runFolder: string): string => path.join(runFolder, "images.json");

/**
 * Writes images.json: of each folder the digest of its images, and of a small one the mark of each. Marks of
 * a large one are kept once in the user's cache, whatever the number of runs.
 */
export async function writeImages(runFolder: string, images: ImageFingerprints): Promise<void> {
  const content: Record<string, Marks | { readonly digest: string; readonly images: number }> = {};
  for (const [folder, fingerprint] of Object.entries(images)) {
    const { names, digest } = fingerprint;
    content[folder] = names.length < LARGE_SET ? marksOf(fingerprint) : { digest, images: names.length };
  }
  await writeWhole(imagesFileOf(runFolder), `${JSON.stringify(content, undefined, 1)}\n`);
}

/** What images.json tells of a run's images. */
export interface KeptImages {
  /** By folder: "train", "test". */
  readonly digests: Readonly<Record<string, string>>;
  /** The marks of a folder's images; undefined where a large list is no longer in the user's cache. */
  marks(folder: string): Promise<Marks | undefined>;
}

/** By folder: the mark of each image, or the digest of them all. No image is called "digest": names of images
 * end with an extension. */
const imagesShape = recordOf(either(object({ digest: text, images: whole(1) }), recordOf(text)));

/**
 * What is known of a run's images; undefined where it has not been written down.
 *
 * @throws {TsslError} FILE_DAMAGED if images.json is not what a run writes; RUN_FOLDER if it cannot be read.
 */
export async function readKeptImages(runFolder: string): Promise<KeptImages | undefined> {
  const content = await readJsonFile(imagesFileOf(runFolder), imagesShape);
  if (content === undefined) return undefined;
  const digests = Object.fromEntries(
    Object.entries(content).map(([folder, kept]) => [folder, isDigest(kept) ? kept.digest : digestOf(kept)]),
  );
  return {
    digests,
    async marks(folder) {
      const kept = content[folder];
      return kept !== undefined && isDigest(kept) ? keptMarks(kept.digest) : kept;
    },
  };
}

type KeptDigest = { readonly digest: string; readonly images: number };

const isDigest = (kept: KeptDigest | Marks): kept is KeptDigest => typeof kept["images"] === "number";

/** Bytes of the largest config.yaml that is read. */
const LARGEST_CONFIG = 2 ** 22;

/** The text of a run's config.yaml. @throws {TsslError} RUN_FOLDER if it is not there or cannot be read. */
export const readConfigText = (runFolder: string): Promise<string> =>
  textOfConfig(runFolder, configFileOf(runFolder));

async function textOfConfig(runFolder: string, file: string): Promise<string> {
  const bytes = await readRegularFile(file, LARGEST_CONFIG).catch((error: unknown) => {
    throw isMissing(error) ? missingInRun(runFolder, "config.yaml") : fileUnreadable(file, error);
  });
  return bytes.toString("utf8");
}

/**
 * A run folder's config.yaml as it stands: plain data, whose options are not checked yet. Of a run whose
 * resume has taken no step yet, or was killed before it did, the config of before.
 *
 * @throws {TsslError} RUN_FOLDER if it is not there or cannot be read; FILE_DAMAGED if it is no config.
 */
export async function readRunContent(runFolder: string): Promise<Readonly<Record<string, unknown>>> {
  const kept = configFileOf(keptAsideIn(runFolder));
  const file = existsSync(kept) ? kept : configFileOf(runFolder);
  return contentIn(await textOfConfig(runFolder, file), file);
}

/** What a page says of a run's config. */
const titleShape = object({ name: text, epochs: number({ minimum: 0 }), batchSize: whole(1) });

/**
 * Name, epochs and batch size of a run.
 *
 * @param written the text of its config.yaml.
 * @throws {TsslError} FILE_DAMAGED if it is no config.
 */
export const titleIn = (written: string, file: string): TypeOf<typeof titleShape> =>
  sectionIn(written, file, titleShape);

/**
 * A run's config from the text of its config.yaml: plain data, whose options are not checked.
 *
 * @throws {TsslError} FILE_DAMAGED if it is no config.
 */
export const contentIn = (written: string, file: string): Readonly<Record<string, unknown>> =>
  sectionIn(written, file, recordOf(anything));

function sectionIn<T>(written: string, file: string, shape: Shape<T>): T {
  const content = checkedValue(parsedYaml(written, file), shape);
  if (typeof content === "string") throw fileDamaged(file, content);
  return content.value;
}

function parsedYaml(written: string, file: string): unknown {
  try {
    requireShallowText(written);
    return parse(written);
  } catch (error) {
    throw fileDamaged(file, notYaml(error));
  }
}

/** The error for a folder in which a file is missing that every run has. */
export const missingInRun = (runFolder: string, file: string): TsslError =>
  notARun(runFolder, existsSync(runFolder) ? file : undefined);
