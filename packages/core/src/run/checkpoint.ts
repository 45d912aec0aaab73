import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";

import type { EngineInfo, EngineMode, Precision } from "@tssl/engine";

import { TsslError } from "../errors.ts";
import type { CheckpointScore } from "../evaluation/checkpoint-score.ts";
import {
  checkpointAltered,
  checkpointNotJson,
  checkpointTruncated,
  checkpointUnreadable,
  notAnObject,
  otherFormat,
} from "../messages.ts";
import type { RunHistory } from "./run-history.ts";
import type { RunVersions } from "./run-identity.ts";
import { decodeSafetensors, encodeSafetensors } from "../files/safetensors.ts";
import type { Snapshot } from "./snapshot.ts";
import { UNFINISHED, writeWhole } from "../files/write-whole.ts";

/** Raised when a checkpoint's JSON changes so that earlier ones cannot be read. */
const FORMAT = 1;

/** What a checkpoint says besides its values. */
export interface CheckpointFacts {
  /**
   * Optimizer steps taken. With the config it says where in which epoch the run stands, and all schedules and
   * seeds.
   */
  readonly step: number;
  /** Share of the epoch included. */
  readonly epoch: number;
  /** Name of the network whose encoder the run trains, e.g. "moco.online". */
  readonly network: string;
  /** The name under which the network's first values were drawn. Absent: "network". */
  readonly drawnAs?: string;
  /**
   * The plugin whose `representation` says what evaluation sees of images; absent where that is the encoder's
   * pooled features.
   */
  readonly representation?: string;
  /** Metrics of the last step. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Lines of metrics.jsonl that belong to it. */
  readonly metricsRows: number;
  /** kNN accuracy at this step, where it was measured; the untrained encoder's is not its run's best. */
  readonly knn?: number;
  /** What else the run's best checkpoint is chosen by, where the config says so. */
  readonly best?: CheckpointScore;
  /**
   * True where the plugins' work before the next step, `beforeEpoch`, is done; a run that goes on does not do
   * it again.
   */
  readonly epochWork?: boolean;
  readonly history: RunHistory;
  /** The config with every default filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A digest of the images' fingerprints, by folder. */
  readonly images: Readonly<Record<string, string>>;
  readonly versions: RunVersions;
  /** A digest of the sources of each module of the user's own; absent in those of earlier versions. */
  readonly code?: Readonly<Record<string, string>>;
  readonly environment: RunEnvironment;
  readonly savedAt: string;
}

/** What it takes to make the encoder of a run again. */
export type EncoderFacts = Pick<CheckpointFacts, "network" | "drawnAs" | "representation">;

/** What a run computes with. Another one gives the same training with other rounding. */
export interface RunEnvironment {
  readonly TensorFlow: string;
  readonly device: EngineInfo["device"];
  /** Its model: kernels are chosen by what it can do. */
  readonly deviceName: string;
  readonly threads: number;
  readonly mode: EngineMode;
  readonly precision: Precision;
}

/** A checkpoint in memory. */
export interface Checkpoint {
  readonly name: string;
  readonly facts: CheckpointFacts;
  readonly snapshot: Snapshot;
}

/** The JSON file: the facts, and what tells whether the values beside it are whole. */
interface CheckpointFile extends CheckpointFacts {
  readonly format: number;
  readonly values: { readonly bytes: number; readonly sha256: string };
}

/** "step-0000120" */
export const checkpointName = (step: number): string => `step-${String(step).padStart(7, "0")}`;
const NAME = /^step-(\d+)\.json$/;

/**
 * Saves all values as `<name>.safetensors`, and the facts as `<name>.json`. Values first: a checkpoint whose
 * JSON stands is whole.
 */
export async function saveCheckpoint(
  folder: string,
  name: string,
  snapshot: Snapshot,
  facts: CheckpointFacts,
): Promise<void> {
  const bytes = encodeSafetensors(snapshot);
  await writeWhole(path.join(folder, `${name}.safetensors`), bytes);
  const file: CheckpointFile = {
    format: FORMAT,
    ...facts,
    values: { bytes: bytes.length, sha256: sha256(bytes) },
  };
  await writeWhole(path.join(folder, `${name}.json`), `${JSON.stringify(file, undefined, 2)}\n`);
}

/** Deletes a checkpoint; its JSON first, so that what is left never looks whole. */
export async function removeCheckpoint(folder: string, name: string): Promise<void> {
  await rm(path.join(folder, `${name}.json`), { force: true });
  await rm(path.join(folder, `${name}.safetensors`), { force: true });
}

/** Names of the checkpoints in a folder, oldest first. */
export async function listCheckpoints(folder: string): Promise<readonly string[]> {
  const files: string[] = await readdir(folder).catch(() => []);
  return files
    .flatMap((file) => NAME.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
    .map(checkpointName);
}

/**
 * @throws {TsslError} CHECKPOINT if there is none of that name or it cannot be read, CHECKPOINT_DAMAGED if it
 * is cut short or altered.
 */
export async function readCheckpointFacts(folder: string, name: string): Promise<CheckpointFacts> {
  return (await readCheckpointFile(folder, name)).facts;
}

/** Reads a checkpoint and holds its values to their checksum. @throws as `readCheckpointFacts`. */
export async function readCheckpoint(folder: string, name: string): Promise<Checkpoint> {
  const { facts, values } = await readCheckpointFile(folder, name);
  const file = path.join(folder, `${name}.safetensors`);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw checkpointUnreadable(file, error, "CHECKPOINT_DAMAGED");
  });
  if (bytes.length !== values.bytes) {
    throw checkpointTruncated(file, bytes.length, values.bytes);
  }
  if (sha256(bytes) !== values.sha256) throw checkpointAltered(file);
  return { name, facts, snapshot: decodeSafetensors(bytes, file) };
}

/**
 * Reads the newest checkpoint that is whole.
 *
 * @param onDamaged is told of each newer one that is not, in a sentence.
 * @param before those of this step and later ones are passed over.
 * @returns undefined where there is none.
 */
export async function readNewestCheckpoint(
  folder: string,
  onDamaged: (name: string, sentence: string) => void,
  before = Infinity,
): Promise<Checkpoint | undefined> {
  const names = (await listCheckpoints(folder)).filter((name) => Number(/\d+/.exec(name)![0]) < before);
  for (const name of [...names].reverse()) {
    try {
      return await readCheckpoint(folder, name);
    } catch (error) {
      if (!(error instanceof TsslError && error.code === "CHECKPOINT_DAMAGED")) throw error;
      onDamaged(name, error.message);
    }
  }
  return undefined;
}

/**
 * Deletes what a process that was killed has left behind: files cut off while written, values whose facts
 * were never written.
 */
export async function removeUnfinished(folder: string): Promise<void> {
  const files: string[] = await readdir(folder).catch(() => []);
  const left = files.filter(
    (file) =>
      file.endsWith(UNFINISHED) ||
      (file.endsWith(".safetensors") && !files.includes(file.replace(/safetensors$/, "json"))),
  );
  for (const file of left) await rm(path.join(folder, file), { force: true });
}

async function readCheckpointFile(
  folder: string,
  name: string,
): Promise<{ facts: CheckpointFacts; values: CheckpointFile["values"] }> {
  const file = path.join(folder, `${name}.json`);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw checkpointUnreadable(file, error, "CHECKPOINT");
  });
  const { format, values, ...facts } = parseFile(file, text);
  if (format !== FORMAT) throw otherFormat(file, format, FORMAT);
  return { facts, values };
}

function parseFile(file: string, text: string): CheckpointFile {
  try {
    const content = JSON.parse(text) as CheckpointFile | null;
    if (typeof content !== "object" || content === null) throw notAnObject(text);
    return content;
  } catch (error) {
    throw checkpointNotJson(file, error);
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
