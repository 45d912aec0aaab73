import { pixelFormat } from "@tssl/augment-zoo";
import { createProgram, type ProgramOptions } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { decodingOf } from "../config/decoding-of.ts";
import { parseConfig, parseEncoder, type Registry, type RunConfig } from "../config/parse-config.ts";
import type { RunSettings } from "../config/run-config.ts";
import type { CheckpointScore } from "../evaluation/checkpoint-score.ts";
import {
  type CompiledFeatures,
  compileFeatures,
  compileLayers,
  FEATURES,
  type LayersExtractor,
  type LayersNetwork,
} from "../evaluation/compile-features.ts";
import { pooledMaps, pooledStage } from "../evaluation/layer-features.ts";
import { TsslError } from "../errors.ts";
import { checkpointNotFound, encoderNotFinite } from "../messages/checkpoint.ts";
import {
  projectionsUnknown,
  representationNotProjected,
  representationNotTrained,
  representationUnknown,
} from "../messages/options.ts";
import { buildEncoder, type Encoder, type EncoderStage } from "../networks/encoder.ts";
import { buildWithWeights } from "../networks/weights/load-weights.ts";
import type { Weights } from "../networks/weights/read-weights.ts";
import type { Representation } from "../plugins/plugin.ts";
import {
  type Checkpoint,
  type CheckpointFacts,
  type EncoderFacts,
  listCheckpoints,
  readCheckpoint,
  readCheckpointFacts,
  readNewestCheckpoint,
} from "../run/checkpoint.ts";
import { notFiniteTensors } from "../run/not-finite.ts";
import { bestCheckpoint, keptCheckpoints, scoreOf } from "../run/retention.ts";
import { checkpointsOf, configFileOf, readRunContent } from "../run/run-folder.ts";
import { readRunRecord } from "../run/run-record.ts";
import { restoreSnapshot } from "../run/snapshot.ts";
import { createScope, type Scope } from "../state/scope.ts";
import { createStateStore, type StateStore } from "../state/store.ts";
import { prepareRun, runFacts } from "./prepare-run.ts";

/** An encoder of a run, frozen, with the settings of the run that say what images it takes. */
export interface EvaluatedEncoder {
  /** Rows of length 1, as kNN compares them. */
  readonly features: CompiledFeatures;
  /** Rows as the encoder has them, as a linear probe is trained on. */
  readonly rawFeatures: CompiledFeatures;
  /** The names of its layers in their order; none of an encoder without stages. */
  readonly layers: readonly string[];
  /**
   * The features of some layers, computed in one pass: maps pooled to at most 9,216 numbers each, and of the
   * name `FEATURES` what `rawFeatures` gives.
   */
  layerFeatures(names: readonly string[]): LayersExtractor;
  readonly settings: RunSettings;
  /** Frees its parameters. */
  dispose(): Promise<void>;
}

/** A trained encoder. */
export interface LoadedEncoder extends EvaluatedEncoder {
  /** The name of the checkpoint, and what it says of itself. */
  readonly checkpoint: string;
  readonly facts: CheckpointFacts;
  /** What makes it the run's best, where that was asked for. */
  readonly chosenBy?: CheckpointScore;
}

/**
 * The definitions to make an encoder of. `plugins` and `optimizers` are needed for projections, and where a
 * plugin of the run has a representation of its own.
 */
export type EncoderRegistry = Pick<Registry, "encoders"> & Partial<Registry>;

export type EncoderOptions = Pick<ProgramOptions, "mode" | "precision" | "tensorFloat32">;

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

/** An encoder of a run with its first values. */
export interface MadeEncoder {
  readonly settings: RunSettings;
  readonly store: StateStore;
  readonly representation: Representation;
  /** What comes before the encoder's own names in the store: "moco.online.encoder.". */
  readonly prefix: string;
  /** The encoder itself; absent where a plugin has a representation of its own. */
  readonly forward?: Encoder["forward"];
  /** Its stages; absent where it has none, or a plugin has a representation of its own. */
  readonly stages?: readonly EncoderStage[];
}

/** An encoder whose values can be trained on; its store holds these alone. */
export interface TrainableEncoder extends Pick<MadeEncoder, "settings" | "store"> {
  readonly featureDim: number;
  readonly forward: Encoder["forward"];
}

/** @throws {TsslError} INVALID_OPTION where a plugin has a representation of its own. */
export function trainableEncoder({
  settings,
  store,
  representation: { featureDim },
  forward,
}: MadeEncoder): TrainableEncoder {
  if (forward === undefined) throw representationNotTrained();
  return { settings, store, featureDim, forward };
}

/**
 * Makes the encoder of a run anew, with the values that its seed draws. Where a plugin has a representation
 * of its own, the whole run is made.
 *
 * @param weights gives the encoder other values.
 */
export async function makeEncoder(
  runFolder: string,
  registry: EncoderRegistry,
  { network, drawnAs = "network", representation }: EncoderFacts,
  weights?: Weights,
): Promise<MadeEncoder> {
  const prefix = `${network}.encoder.`;
  if (representation !== undefined) {
    return makeRepresentation(runFolder, registry, representation, prefix, weights);
  }
  const config = await readRunConfig(runFolder, registry);
  return makeEncoderOf(config, { prefix, drawnAs: `${drawnAs}.encoder.`, ...(weights && { weights }) });
}

/**
 * Makes the encoder of a config.
 *
 * @param options.prefix of its values in the store.
 * @param options.drawnAs stands for the prefix where first values are drawn.
 * @param options.weights gives it other values.
 */
export function makeEncoderOf(
  { settings, encoder }: Pick<RunConfig, "settings" | "encoder">,
  {
    prefix,
    drawnAs,
    weights,
  }: { readonly prefix: string; readonly drawnAs: string; readonly weights?: Weights },
): MadeEncoder {
  const store = createStateStore();
  try {
    const scope = createScope(store, settings.seed, prefix, true, { drawnAs });
    const { imageSize } = settings;
    const images = { imageSize, ...pixelFormat(decodingOf(settings.data)) };
    const build = (within: Scope) => buildEncoder(encoder, within, images);
    const { featureDim, forward, stages } =
      weights === undefined ? build(scope) : buildWithWeights(scope, build, weights).encoder;
    const mode = { training: false, batchNormGroups: 1 };
    const features = (images: tf.Tensor4D) => forward(images, mode);
    const made = { settings, store, prefix, forward, representation: { featureDim, features } };
    return stages === undefined ? made : { ...made, stages };
  } catch (error) {
    store.dispose();
    throw error;
  }
}

async function makeRepresentation(
  runFolder: string,
  registry: EncoderRegistry,
  plugin: string,
  prefix: string,
  weights: Weights | undefined,
): Promise<MadeEncoder> {
  if (!isWhole(registry)) throw representationUnknown(runFolder, plugin);
  const { settings, run } = await prepareAgain(runFolder, registry, weights);
  const { store, representation } = run;
  return { settings, store, representation, prefix };
}

/** Makes a run's trained network anew, whose rows are those behind its head. */
async function makeProjections(
  runFolder: string,
  registry: EncoderRegistry,
  { network: name, representation: plugin }: EncoderFacts,
): Promise<MadeEncoder> {
  if (plugin !== undefined) throw representationNotProjected(runFolder, plugin);
  if (!isWhole(registry)) throw projectionsUnknown(runFolder);
  const { settings, run } = await prepareAgain(runFolder, registry);
  const { network, store } = run;
  const representation: Representation = {
    featureDim: network.outputDim,
    features: (images) => network.project(network.features(images), "inference"),
  };
  return { settings, store, representation, prefix: `${name}.encoder.` };
}

const isWhole = (registry: EncoderRegistry): registry is Registry =>
  registry.plugins !== undefined && registry.optimizers !== undefined;

/** Makes the networks and the state of a run anew. */
async function prepareAgain(runFolder: string, registry: Registry, weights?: Weights) {
  const config = parseConfig(await readRunContent(runFolder), registry, configFileOf(runFolder));
  const { data } = await readRunRecord(runFolder);
  const run = prepareRun(config, runFacts(config, data.images), { ...(weights && { weights }) });
  return { settings: config.settings, run };
}

/** Compiles the features of an encoder, which from then on owns its values. */
export function compileEncoder(made: MadeEncoder, options: EncoderOptions): EvaluatedEncoder {
  const { close, ...compiled } = compileBorrowed(made, options);
  return {
    ...compiled,
    async dispose() {
      await close();
      made.store.dispose();
    },
  };
}

/** The same for an encoder whose values stay the caller's, who closes it before they are disposed. */
export function compileBorrowed(
  made: MadeEncoder,
  options: EncoderOptions,
): Omit<EvaluatedEncoder, "dispose"> & { close(): Promise<void> } {
  const { settings, store, representation, stages = [] } = made;
  const program = createProgram({ state: store.variables(), ...options });
  const compile = (network: Parameters<typeof compileFeatures>[1], unitLength: boolean) =>
    compileFeatures(program, network, settings.data, { unitLength });
  const layerFeatures = (names: readonly string[]): LayersExtractor => {
    const all: LayersExtractor = {
      ...compileLayers(program, layersOf(made, names), settings.data),
      part: (first, count) =>
        count === names.length ? all : layerFeatures(names.slice(first, first + count)),
    };
    return all;
  };
  return {
    settings,
    features: compile(representation, true),
    rawFeatures: compile(representation, false),
    layers: stages.map(({ name }) => name),
    layerFeatures,
    close: () => program.dispose(),
  };
}

/** Layers by name, a stage's pooled map or the encoder's own features. */
function layersOf(
  { settings: { imageSize }, representation: { features, featureDim }, stages = [] }: MadeEncoder,
  names: readonly string[],
): LayersNetwork {
  const pooled = stages
    .filter(({ name }) => names.includes(name))
    .map((stage) => pooledStage(stage, imageSize));
  const mapsOf = pooledMaps(stages, pooled);
  return {
    layers: names.map((name) => pooled.find((each) => each.name === name) ?? { name, dim: featureDim }),
    features: (images) => ({
      ...mapsOf(images),
      ...(names.includes(FEATURES) ? { [FEATURES]: features(images) } : {}),
    }),
  };
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

/**
 * What the checkpoints of a run say of its encoder: all of them say the same.
 *
 * @throws {TsslError} RUN_FOLDER if the folder holds no run, CHECKPOINT if it has no checkpoint.
 */
export async function encoderFactsOf(runFolder: string): Promise<EncoderFacts> {
  await readRunContent(runFolder); // refuses a folder that is not that of a run
  const names = await listCheckpoints(checkpointsOf(runFolder));
  for (const name of [...names].reverse()) {
    const facts = await readCheckpointFacts(checkpointsOf(runFolder), name).catch(unlessDamaged);
    if (facts !== undefined) return facts;
  }
  throw checkpointNotFound(runFolder, undefined, names);
}

/** A damaged checkpoint is passed over for the one before it. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof TsslError && error.code === "CHECKPOINT_DAMAGED")) throw error;
}

/** The plugin whose representation evaluation sees; undefined where that is the encoder's pooled features. */
export const representationOf = async (runFolder: string): Promise<string | undefined> =>
  (await encoderFactsOf(runFolder)).representation;

/** The settings and encoder that a run folder's config.yaml names. */
export async function readRunConfig(
  runFolder: string,
  registry: Pick<Registry, "encoders">,
): Promise<ReturnType<typeof parseEncoder>> {
  return parseEncoder(await readRunContent(runFolder), registry, configFileOf(runFolder));
}
