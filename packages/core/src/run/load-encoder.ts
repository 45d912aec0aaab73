import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { createProgram, type ProgramOptions } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";
import { parse } from "yaml";

import { parseEncoder, type Registry } from "../config/parse-config.ts";
import type { RunSettings } from "../config/run-config.ts";
import { messageOf, TsslError } from "../errors.ts";
import { compileFeatures, type FeatureExtractor } from "../evaluation/compile-features.ts";
import { createScope } from "../networks/scope.ts";
import { createStateStore } from "../state/store.ts";
import { type CheckpointFacts, readCheckpointFacts, restoreCheckpoint } from "./checkpoint.ts";

/** A trained encoder, and what the images it was trained on were like. */
export interface LoadedEncoder {
  /** Rows of length 1, as kNN compares them. */
  readonly features: FeatureExtractor;
  /** Rows as the encoder has them, as a linear probe is trained on. */
  readonly rawFeatures: FeatureExtractor;
  readonly settings: RunSettings;
  /** The name of the checkpoint, and what it says of itself. */
  readonly checkpoint: string;
  readonly facts: CheckpointFacts;
  /** Frees its parameters. */
  dispose(): Promise<void>;
}

/** Names of a run's whole checkpoints, oldest first. */
export async function listCheckpoints(runFolder: string): Promise<readonly string[]> {
  const files = await readdir(path.join(runFolder, "checkpoints")).catch(() => []);
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

/**
 * Loads the encoder of a run from one of its checkpoints. The engine must be started.
 *
 * @param options.checkpoint default: the newest.
 * @throws {TsslError} RUN_FOLDER if the folder holds no run, CHECKPOINT if no such checkpoint is whole.
 */
export async function loadEncoder(
  runFolder: string,
  registry: Pick<Registry, "encoders">,
  { checkpoint, ...options }: Pick<ProgramOptions, "mode" | "precision"> & { readonly checkpoint?: string },
): Promise<LoadedEncoder> {
  const { settings, encoder } = await readRunConfig(runFolder, registry);
  const all = await listCheckpoints(runFolder);
  const name = checkpoint ?? all.at(-1);
  if (name === undefined || !all.includes(name)) {
    const known = all.length === 0 ? "it has none" : `it has ${all.join(", ")}`;
    throw new TsslError(
      "CHECKPOINT",
      `${runFolder} has no checkpoint${name === undefined ? "" : ` "${name}"`}; ${known}.`,
    );
  }
  const folder = path.join(runFolder, "checkpoints");
  const facts = await readCheckpointFacts(folder, name);
  const store = createStateStore();
  try {
    const scope = createScope(store, settings.seed, `${facts.network}.encoder.`, true);
    const { featureDim, forward } = encoder.definition.build(scope, encoder.options as never);
    await restoreCheckpoint(folder, name, store);
    const program = createProgram({ state: store.variables(), ...options });
    const features = (images: tf.Tensor4D) => forward(images, { training: false, batchNormGroups: 1 });
    const compile = (unitLength: boolean) =>
      compileFeatures(program, { featureDim, features }, settings.data, { unitLength });
    return {
      settings,
      features: compile(true),
      rawFeatures: compile(false),
      checkpoint: name,
      facts,
      async dispose() {
        await program.dispose();
        store.dispose();
      },
    };
  } catch (error) {
    store.dispose();
    throw error;
  }
}

/** The settings and encoder that a run folder's config.yaml names. */
export async function readRunConfig(
  runFolder: string,
  registry: Pick<Registry, "encoders">,
): Promise<ReturnType<typeof parseEncoder>> {
  return parseEncoder(await readRunContent(runFolder), registry, configOf(runFolder));
}

/** A run folder's config.yaml as it stands, unchecked. */
export async function readRunContent(runFolder: string): Promise<Record<string, unknown>> {
  const text = await readFile(configOf(runFolder), "utf8").catch((error: unknown) => {
    throw new TsslError("RUN_FOLDER", `${runFolder} is not a run folder: ${messageOf(error)}.`, {
      cause: error,
    });
  });
  return parse(text) as Record<string, unknown>;
}

const configOf = (runFolder: string): string => path.join(runFolder, "config.yaml");
