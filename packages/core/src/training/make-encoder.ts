import { pixelFormat } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";

import { decodingOf } from "../config/decoding-of.ts";
import { parseConfig, parseEncoder, type RunConfig } from "../config/parse-config.ts";
import type { Registry } from "../config/registry.ts";
import type { RunSettings } from "../config/run-settings.ts";
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
import type { EncoderFacts } from "../run/checkpoint.ts";
import { configFileOf, readRunContent } from "../run/run-folder.ts";
import { readRunRecord } from "../run/run-record.ts";
import { createScope, type Scope } from "../state/scope.ts";
import { createStateStore, type StateStore } from "../state/store.ts";
import { prepareRun, runFacts } from "./prepare-run.ts";

/**
 * The definitions to make an encoder of. `plugins` and `optimizers` are needed for projections, and where a
 * plugin of the run has a representation of its own.
 */
export type EncoderRegistry = Pick<Registry, "encoders"> & Partial<Registry>;

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
export async function makeProjections(
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

/** The settings and encoder that a run folder's config.yaml names. */
export async function readRunConfig(
  runFolder: string,
  registry: Pick<Registry, "encoders">,
): Promise<ReturnType<typeof parseEncoder>> {
  return parseEncoder(await readRunContent(runFolder), registry, configFileOf(runFolder));
}
