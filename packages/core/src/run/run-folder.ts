import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";

import { parse, stringify } from "yaml";

import { digestOf, keptMarks, LARGE_SET, type Marks, marksOf } from "../data/fingerprint.ts";
import type { TsslError } from "../errors.ts";
import { folderNotEmpty, folderNotWritten, notARun } from "../messages.ts";
import { removeUnfinished } from "./checkpoint.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import { failedStepFile } from "./failed-step.ts";
import { type MetricsLog, openMetricsLog } from "../metrics/metrics-log.ts";
import { keepAside, type KeptAside, keptAsideIn, NOTHING_ASIDE } from "./kept-aside.ts";
import { keepCode } from "./kept-code.ts";
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
 * Refuses a folder that a new run cannot have. It is asked first, before images are read and the engine starts;
 * nothing is made.
 *
 * @throws {TsslError} RUN_FOLDER if there is something in it already, or it cannot be written.
 */
export async function requireNewFolder(folder: string): Promise<void> {
  const reason = whyNoFolderAt(folder);
  if (reason !== undefined) throw folderNotWritten(folder, new Error(reason));
  const inside = (await readdir(folder).catch((): string[] => [])).filter((name) => name !== RUN_LOCK);
  if (inside.length > 0 && !isUnfinishedStart(inside)) throw folderNotEmpty(folder, inside.length);
}

/**
 * Opens a new run folder.
 *
 * @throws {TsslError} RUN_FOLDER if there is something in it already, or it cannot be written.
 */
export async function createRunFolder(folder: string, options: RunFolderOptions): Promise<RunFolder> {
  await requireNewFolder(folder);
  await removeUnfinished(folder);
  return open(folder, options, 0, NOTHING_ASIDE);
}

/** What a process leaves that is killed while it opens the folder: the config comes last. */
const isUnfinishedStart = (inside: readonly string[]): boolean =>
  inside.every((name) => ["checkpoints", "code", "images.json"].includes(name) || name.endsWith(UNFINISHED));

/**
 * Opens the folder of a run that goes on, and deletes what is left of the part that is lost: rows of metrics
 * after the checkpoint, checkpoints that are not whole, unfinished files. All files are kept as they were
 * until `before.drop()`.
 *
 * @param from.metricsRows rows that the checkpoint knows of.
 * @param from.damaged names of checkpoints that cannot be read.
 * @throws {TsslError} RUN_FOLDER if it cannot be written.
 */
export async function reopenRunFolder(
  folder: string,
  options: RunFolderOptions,
  { metricsRows, damaged }: { readonly metricsRows: number; readonly damaged: readonly string[] },
): Promise<RunFolder> {
  await removeUnfinished(checkpointsOf(folder));
  await removeUnfinished(folder);
  const before = await keepAside(folder).catch((error: unknown) => {
    throw folderNotWritten(folder, error);
  });
  try {
    for (const name of damaged) await options.checkpoints.remove(name);
    await rm(outcomeFileOf(folder), { force: true }); // the run has not ended
    await rm(failedStepFile(folder), { force: true }); // it is taken anew, perhaps with other options
    return await open(folder, options, metricsRows, before);
  } catch (error) {
    await before.restore();
    throw error;
  }
}

async function open(
  folder: string,
  { config, code, images, checkpoints, onDiskFull }: RunFolderOptions,
  rows: number,
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
      metrics: await openMetricsLog(metricsFile, rows, onDiskFull),
      before,
    };
  } catch (error) {
    throw folderNotWritten(folder, error);
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

/** What is known of a run's images; undefined where the file is missing or damaged. */
export async function readKeptImages(runFolder: string): Promise<KeptImages | undefined> {
  try {
    const content = JSON.parse(await readFile(imagesFileOf(runFolder), "utf8")) as Record<string, Marks>;
    // No image is called "digest": names of images end with an extension.
    const digests = Object.fromEntries(
      Object.entries(content).map(([folder, marks]) => [folder, marks["digest"] ?? digestOf(marks)]),
    );
    return {
      digests,
      marks: (folder) =>
        content[folder]?.["digest"] === undefined
          ? Promise.resolve(content[folder])
          : keptMarks(digests[folder]!),
    };
  } catch {
    return undefined;
  }
}

/**
 * A run folder's config.yaml as it stands, unchecked. Of a run whose resume has taken no step yet, or was
 * killed before it did, the config of before.
 */
export async function readRunContent(runFolder: string): Promise<Record<string, unknown>> {
  const kept = configFileOf(keptAsideIn(runFolder));
  const file = existsSync(kept) ? kept : configFileOf(runFolder);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw unreadableRun(runFolder, "config.yaml", error);
  });
  return parse(text) as Record<string, unknown>;
}

/** The error for a folder in which a file cannot be read that every run has. */
export const unreadableRun = (runFolder: string, file: string, cause: unknown): TsslError =>
  notARun(runFolder, existsSync(runFolder) ? file : undefined, cause);
