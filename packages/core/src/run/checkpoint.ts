import { readFile, rm } from "node:fs/promises";
import path from "node:path";

import type { HostTensor } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { messageOf, TsslError } from "../errors.ts";
import type { StateStore } from "../state/store.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "./safetensors.ts";
import { writeWhole } from "./write-whole.ts";

/** What stands beside the values of a checkpoint. */
export interface CheckpointFacts {
  readonly step: number;
  readonly epoch: number;
  /** Name of the network whose encoder the run trains, e.g. "moco.online". */
  readonly network: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tsslVersion: string;
  readonly savedAt: string;
}

/**
 * Saves all values as `<name>.safetensors`, and the facts as `<name>.json`. Values first: a checkpoint whose JSON stands is whole.
 */
export async function saveCheckpoint(
  folder: string,
  name: string,
  state: Iterable<readonly [string, HostTensor]>,
  facts: CheckpointFacts,
): Promise<void> {
  const arrays: Record<string, NamedArray> = {};
  for (const [entry, { shape, values }] of state) {
    arrays[entry] = { shape, data: values as Float32Array | Int32Array };
  }
  await writeWhole(path.join(folder, `${name}.safetensors`), encodeSafetensors(arrays));
  await writeWhole(path.join(folder, `${name}.json`), `${JSON.stringify(facts, undefined, 2)}\n`);
}

/** Deletes a checkpoint; its JSON first, so that what is left never looks whole. */
export async function removeCheckpoint(folder: string, name: string): Promise<void> {
  await rm(path.join(folder, `${name}.json`), { force: true });
  await rm(path.join(folder, `${name}.safetensors`), { force: true });
}

export async function readCheckpointFacts(folder: string, name: string): Promise<CheckpointFacts> {
  const file = path.join(folder, `${name}.json`);
  try {
    return JSON.parse(await readFile(file, "utf8")) as CheckpointFacts;
  } catch (error) {
    throw new TsslError("CHECKPOINT", `There is no whole checkpoint ${file}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/**
 * Puts a checkpoint's values into the store's variables of the same names.
 *
 * @param only which names to restore; others are left as they are.
 * @throws {TsslError} CHECKPOINT if a value is missing or has another shape, naming each.
 */
export async function restoreCheckpoint(
  folder: string,
  name: string,
  store: StateStore,
  only: (entry: string) => boolean = () => true,
): Promise<void> {
  const file = path.join(folder, `${name}.safetensors`);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new TsslError("CHECKPOINT", `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  const arrays = decodeSafetensors(bytes, file);
  const wanted = store.entries().filter((entry) => only(entry.name));
  const problems = wanted.flatMap(({ name: entry, variable }) => {
    const saved = arrays[entry];
    if (saved === undefined) return [`${entry} is missing`];
    const same = tf.util.arraysEqual([...saved.shape], variable.shape);
    return same
      ? []
      : [`${entry} has shape [${saved.shape.join(", ")}], the run needs [${variable.shape.join(", ")}]`];
  });
  if (problems.length > 0) {
    throw new TsslError(
      "CHECKPOINT",
      `${file} does not fit this run:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
  }
  for (const { name: entry, variable } of wanted) {
    const { shape, data } = arrays[entry]!;
    tf.tidy(() => variable.assign(tf.tensor(data, [...shape], variable.dtype as "float32" | "int32")));
  }
}
