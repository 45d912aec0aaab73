import type { CheckpointScore } from "../evaluation/checkpoint-score.ts";
import { checkpointNotFound, encoderNotFinite } from "../messages/checkpoint.ts";
import {
  type Checkpoint,
  type CheckpointFacts,
  listCheckpoints,
  readCheckpoint,
  readNewestCheckpoint,
} from "../run/checkpoint.ts";
import { notFiniteTensors } from "../run/not-finite.ts";
import { bestCheckpoint, keptCheckpoints, scoreOf } from "../run/retention.ts";
import { checkpointsOf, readRunContent } from "../run/run-folder.ts";
import { restoreSnapshot } from "../run/snapshot.ts";
import { compileEncoder, type EncoderOptions, type EvaluatedEncoder } from "./compile-encoder.ts";
import { type EncoderRegistry, type MadeEncoder, makeEncoder, makeProjections } from "./make-encoder.ts";

/** A trained encoder. */
export interface LoadedEncoder extends EvaluatedEncoder {
  /** The name of the checkpoint, and what it says of itself. */
  readonly checkpoint: string;
  readonly facts: CheckpointFacts;
  /** What makes it the run's best, where that was asked for. */
  readonly chosenBy?: CheckpointScore;
}

/**
 * Loads the encoder of a run from one of its checkpoints. Its features are those that the run is evaluated by
 * while it trains: the encoder's pooled features, or the `representation` of its plugin. The engine must be
 * started.
 *
 * @param options.checkpoint a name, or "best" for the run's best by `checkpoint.best` of its config; default:
 * the newest that is whole.
 * @param options.projections gives the outputs of the projection head instead, which the method's loss
 * compares: of the network that is trained, by running statistics. Of `supervised` they are the logits.
 * @throws {TsslError} RUN_FOLDER if the folder holds no run, CHECKPOINT if no such checkpoint is whole,
 * INVALID_OPTION if a plugin is missing in the registry, or if projections are asked for where a plugin has a
 * representation of its own.
 */
export async function loadEncoder(
  runFolder: string,
  registry: EncoderRegistry,
  {
    checkpoint,
    projections = false,
    ...options
  }: EncoderOptions & { readonly checkpoint?: string; readonly projections?: boolean },
): Promise<LoadedEncoder> {
  const make = projections ? makeProjections : makeEncoder;
  const { made, ...told } = await restoreEncoder(runFolder, registry, checkpoint, make);
  try {
    return { ...compileEncoder(made, options), ...told };
  } catch (error) {
    made.store.dispose();
    throw error;
  }
}

/** A trained encoder that is not compiled yet. */
export interface RestoredEncoder extends Pick<LoadedEncoder, "checkpoint" | "facts" | "chosenBy"> {
  readonly made: MadeEncoder;
}

/** Makes the encoder of a run with the values of a checkpoint. @throws {TsslError} as `loadEncoder`. */
export async function restoreEncoder(
  runFolder: string,
  registry: EncoderRegistry,
  checkpoint?: string,
  make: typeof makeEncoder = makeEncoder,
): Promise<RestoredEncoder> {
  await readRunContent(runFolder); // refuses a folder that is not that of a run
  const { name, facts, snapshot } = await chooseCheckpoint(runFolder, checkpoint);
  const made = await make(runFolder, registry, facts);
  try {
    restoreSnapshot(snapshot, made.store, { source: name });
    const values = Object.keys(made.store.variables()).map(
      (key) => [key, { values: snapshot[key]!.data }] as const,
    );
    const broken = notFiniteTensors(values);
    if (broken.length > 0) throw encoderNotFinite(`${runFolder}: ${name}`, broken);
    const chosenBy = checkpoint === "best" ? scoreOf(facts) : undefined;
    return {
      made,
      checkpoint: name,
      facts,
      ...(chosenBy === undefined ? {} : { chosenBy }),
    };
  } catch (error) {
    made.store.dispose();
    throw error;
  }
}

/** @throws {TsslError} CHECKPOINT if no such checkpoint is whole. */
async function chooseCheckpoint(runFolder: string, asked: string | undefined): Promise<Checkpoint> {
  const folder = checkpointsOf(runFolder);
  const names = await listCheckpoints(folder);
  const name = asked === "best" ? bestCheckpoint(await keptCheckpoints(folder)) : asked;
  if (name !== undefined && names.includes(name)) return readCheckpoint(folder, name);
  const newest = asked === undefined ? await readNewestCheckpoint(folder, () => {}) : undefined;
  if (newest !== undefined) return newest;
  throw checkpointNotFound(runFolder, asked, names);
}
