import { createProgram, type ProgramOptions } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { parseEncoder, type Registry } from "../config/parse-config.ts";
import type { RunSettings } from "../config/run-config.ts";
import { checkpointNotFound } from "../messages.ts";
import { compileFeatures, type FeatureExtractor } from "../evaluation/compile-features.ts";
import { createScope } from "../state/scope.ts";
import { createStateStore } from "../state/store.ts";
import {
  type Checkpoint,
  type CheckpointFacts,
  listCheckpoints,
  readCheckpoint,
  readNewestCheckpoint,
} from "./checkpoint.ts";
import { bestCheckpoint, keptCheckpoints } from "./retention.ts";
import { checkpointsOf, configFileOf, readRunContent } from "./run-folder.ts";
import { restoreSnapshot } from "./snapshot.ts";

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

/**
 * Loads the encoder of a run from one of its checkpoints. The engine must be started.
 *
 * @param options.checkpoint a name, or "best" for the one with the highest kNN accuracy; default: the newest
 * that is whole.
 * @throws {TsslError} RUN_FOLDER if the folder holds no run, CHECKPOINT if no such checkpoint is whole.
 */
export async function loadEncoder(
  runFolder: string,
  registry: Pick<Registry, "encoders">,
  { checkpoint, ...options }: Pick<ProgramOptions, "mode" | "precision"> & { readonly checkpoint?: string },
): Promise<LoadedEncoder> {
  const { settings, encoder } = await readRunConfig(runFolder, registry);
  const { name, facts, snapshot } = await chooseCheckpoint(runFolder, checkpoint);
  const store = createStateStore();
  try {
    const scope = createScope(store, settings.seed, `${facts.network}.encoder.`, true);
    const { featureDim, forward } = encoder.definition.build(scope, encoder.options as never);
    restoreSnapshot(snapshot, store, { source: name });
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

async function chooseCheckpoint(runFolder: string, asked: string | undefined): Promise<Checkpoint> {
  const folder = checkpointsOf(runFolder);
  const names = await listCheckpoints(folder);
  const name = asked === "best" ? bestCheckpoint(await keptCheckpoints(folder)) : asked;
  if (name !== undefined && names.includes(name)) return readCheckpoint(folder, name);
  const newest = asked === undefined ? await readNewestCheckpoint(folder, () => {}) : undefined;
  if (newest !== undefined) return newest;
  throw checkpointNotFound(runFolder, asked, names);
}

/** The settings and encoder that a run folder's config.yaml names. */
export async function readRunConfig(
  runFolder: string,
  registry: Pick<Registry, "encoders">,
): Promise<ReturnType<typeof parseEncoder>> {
  return parseEncoder(await readRunContent(runFolder), registry, configFileOf(runFolder));
}
