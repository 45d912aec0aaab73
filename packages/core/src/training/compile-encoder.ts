import { createProgram, type ProgramOptions } from "@tssl/engine";

import type { RunSettings } from "../config/run-settings.ts";
import {
  type CompiledFeatures,
  compileFeatures,
  compileLayers,
  FEATURES,
  type LayersExtractor,
  type LayersNetwork,
} from "../evaluation/compile-features.ts";
import { pooledMaps, pooledStage } from "../evaluation/layer-features.ts";
import type { MadeEncoder } from "./make-encoder.ts";

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

export type EncoderOptions = Pick<ProgramOptions, "mode" | "precision" | "tensorFloat32">;

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
