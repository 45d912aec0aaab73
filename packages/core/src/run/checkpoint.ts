import { rm } from "node:fs/promises";
import path from "node:path";

import type { EngineInfo, EngineMode, Precision } from "@tssl/engine";

import { TsslError } from "../errors.ts";
import type { CheckpointScore } from "../evaluation/checkpoint-score.ts";
import { isMissing } from "../files/is-missing.ts";
import { checkedJson, checkedValue, LARGEST_JSON } from "../files/json-file.ts";
import { namesIn } from "../files/names-in.ts";
import { readRegularFile } from "../files/regular-file.ts";
import {
  anything,
  both,
  moment,
  number,
  numberOrNaN,
  object,
  oneOf,
  recordOf,
  type Shape,
  text,
  trueOrFalse,
  whole,
} from "../files/shapes.ts";
import {
  checkpointInvalid,
  checkpointMissing,
  checkpointUnknown,
  checkpointUnreadable,
  otherFormat,
} from "../messages/checkpoint.ts";
import { readValues, type ValuesMark, valuesMarkShape, writeValues } from "./hashed-values.ts";
import { bestBy, historyShape } from "./history-shape.ts";
import type { RunHistory } from "./run-history.ts";
import type { RunVersions } from "./run-identity.ts";
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
  /** Its version; absent where the plugin of a GPU computes without it. */
  readonly TensorFlow?: string;
  readonly device: EngineInfo["device"];
  /** Its model: kernels are chosen by what it can do. */
  readonly deviceName: string;
  /** On a GPU in mode pjrt: stands for the kernels that were found fastest there. */
  readonly tuning?: string;
  readonly threads: number;
  readonly mode: EngineMode;
  readonly precision: Precision;
  /** Devices that computed together; absent for one. */
  readonly replicas?: number;
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
  readonly values: ValuesMark;
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
  const values = await writeValues(path.join(folder, `${name}.safetensors`), snapshot);
  const file: CheckpointFile = { format: FORMAT, ...facts, values };
  await writeWhole(path.join(folder, `${name}.json`), `${JSON.stringify(file, undefined, 2)}\n`);
}

/** Deletes a checkpoint; its JSON first, so that what is left never looks whole. */
export async function removeCheckpoint(folder: string, name: string): Promise<void> {
  await rm(path.join(folder, `${name}.json`), { recursive: true, force: true });
  await rm(path.join(folder, `${name}.safetensors`), { recursive: true, force: true });
}

/** The step of a checkpoint by the name of its JSON; undefined for any other file. */
function stepIn(file: string): number | undefined {
  const step = Number(NAME.exec(file)?.[1]);
  return file === `${checkpointName(step)}.json` ? step : undefined;
}

/** Names of the checkpoints in a folder, oldest first. */
export async function listCheckpoints(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder))
    .flatMap((file) => stepIn(file) ?? [])
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
  const snapshot = await readValues(path.join(folder, `${name}.safetensors`), values);
  return { name, facts, snapshot };
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
  const files = await namesIn(folder);
  const left = files.filter(
    (file) =>
      file.endsWith(UNFINISHED) ||
      (file.endsWith(".safetensors") && !files.includes(file.replace(/safetensors$/, "json"))),
  );
  for (const file of left) await rm(path.join(folder, file), { recursive: true, force: true });
}

export const environmentShape: Shape<RunEnvironment> = object(
  {
    device: oneOf("cpu", "gpu"),
    deviceName: text,
    threads: whole(),
    mode: oneOf("eager", "graph", "xla", "pjrt"),
    precision: oneOf("float32", "bfloat16"),
  },
  { TensorFlow: text, tuning: text, replicas: whole(2) },
);

const factsShape: Shape<CheckpointFacts> = object(
  {
    step: whole(),
    epoch: number({ minimum: 0 }),
    network: text,
    metrics: recordOf(numberOrNaN),
    metricsRows: whole(),
    history: historyShape,
    config: recordOf(anything),
    images: recordOf(text),
    versions: object({ tssl: text, plugins: recordOf(number()) }),
    environment: environmentShape,
    savedAt: moment,
  },
  {
    drawnAs: text,
    representation: text,
    knn: numberOrNaN,
    best: object({ by: bestBy, value: numberOrNaN }),
    epochWork: trueOrFalse,
    code: recordOf(text),
  },
);

/**
 * Looked at first: what lacks it is damaged, and the rest of another format may be of another shape. What has
 * it and is of no known shape may be of another version, and is not passed over for an earlier checkpoint: a
 * run that goes on deletes those that it passed over.
 */
const formatShape = object({ format: number() });

const fileShape: Shape<CheckpointFile> = both(
  both(formatShape, factsShape),
  object({ values: valuesMarkShape }),
);

async function readCheckpointFile(
  folder: string,
  name: string,
): Promise<{ facts: CheckpointFacts; values: CheckpointFile["values"] }> {
  const file = path.join(folder, `${name}.json`);
  const bytes = await readRegularFile(file, LARGEST_JSON).catch((error: unknown) => {
    throw isMissing(error) ? checkpointMissing(file, "CHECKPOINT") : checkpointUnreadable(file, error);
  });
  const content = checkedJson(bytes.toString("utf8"), formatShape);
  if (typeof content === "string") throw checkpointInvalid(file, content);
  if (content.value.format !== FORMAT) throw otherFormat(file, content.value.format, FORMAT);
  const checked = checkedValue(content.value, fileShape, ({ step }) =>
    checkpointName(step) === name ? undefined : `step must be that of its name, got ${step}`,
  );
  if (typeof checked === "string") throw checkpointUnknown(file, checked);
  const { format: _format, values, ...facts } = checked.value;
  return { facts, values };
}
