import type { HostTensor, Program, Step, StepSize } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import type { Network } from "../networks/network.ts";
import { type ImageStatistics, normalizeImages } from "../networks/normalize-images.ts";
import { type Replicas, worldOfOne } from "../state/replicas.ts";

/** Turns images into the features of a frozen encoder. */
export interface FeatureExtractor {
  /** Length of a feature vector, D. */
  readonly dim: number;
  /** `[B, H, W, 3]` bytes, copied before this returns, to `[B, D]` float32. */
  extract(images: HostTensor): Promise<Float32Array>;
}

/** What stands for an encoder's own features among the names of its layers. */
export const FEATURES = "features";

/** A layer whose features are computed: a stage's pooled map, or what the encoder gives. */
export interface ExtractedLayer {
  /** Of the stage: "res5"; `FEATURES` of the encoder's own. */
  readonly name: string;
  /** Length of a feature vector, D. */
  readonly dim: number;
  /**
   * Channels of a stage's map, where features are a map: all channels of one place after another. Absent of
   * the encoder's own.
   */
  readonly channels?: number;
}

/** Turns images into the features of several layers of a frozen encoder, in one pass through it. */
export interface LayersExtractor {
  readonly layers: readonly ExtractedLayer[];
  /** `[B, H, W, C]` images, copied before this returns, to `[B, D]` float32 of each layer. */
  extract(images: HostTensor): Promise<readonly Float32Array[]>;
  /** The same of some neighbouring layers alone: images pass no further than these need. */
  part(first: number, count: number): LayersExtractor;
}

/** A frozen encoder that is compiled here, so that its memory can be known. */
export interface CompiledFeatures extends FeatureExtractor {
  /**
   * What one image of this shape, `[H, W, channels]`, takes on its way through the encoder; a batch takes as
   * many times as much. Undefined in mode "eager", where it is not known beforehand, and in mode "pjrt",
   * where it lies on the device.
   */
  sizeOfOne(shape: readonly number[]): StepSize | undefined;
}

/**
 * Compiles a network's encoder for evaluation: after global average pooling, before the head, by running
 * batch-norm statistics. It reads the program's state as it is when called.
 *
 * @param options.unitLength scales each row to length 1, for comparisons by cosine.
 * @param options.replicas those of this process, which share a batch out. Default: a world of one.
 */
export function compileFeatures(
  program: Pick<Program, "compile" | "mode">,
  network: Pick<Network, "features" | "featureDim">,
  statistics: ImageStatistics,
  { unitLength, replicas = worldOfOne }: { readonly unitLength: boolean; readonly replicas?: Replicas },
): CompiledFeatures {
  const step: Step = (inputs) => {
    const images = normalizeImages(inputs["images"] as tf.Tensor4D, statistics);
    const features = network.features(images);
    return { features: replicas.gather(unitLength ? l2Normalize(features) : features) };
  };
  const compiled = program.compile("features", step, {
    shared: (input) => input === "images",
    ofThisProcess: true,
  });
  return {
    dim: network.featureDim,
    async extract(images) {
      const { features } = await compiled.run({ images: inEqualShares(images, replicas.size) });
      return (features!.values as Float32Array).subarray(0, images.shape[0]! * network.featureDim);
    },
    sizeOfOne(shape) {
      if (program.mode === "pjrt") return undefined;
      const values = new Uint8Array(shape.reduce((product, length) => product * length));
      return compiled.record({ images: { values, shape: [1, ...shape] } });
    },
  };
}

/** Some layers of an encoder before they are compiled. */
export interface LayersNetwork extends Pick<LayersExtractor, "layers"> {
  /** Normalized images, `[B, H, W, C]`, to `[B, dim]` of each layer by its name. */
  readonly features: (images: tf.Tensor4D) => Readonly<Record<string, tf.Tensor2D>>;
}

/** Compiles the features of several layers as one step. */
export function compileLayers(
  program: Pick<Program, "compile">,
  { layers, features }: LayersNetwork,
  statistics: ImageStatistics,
): Omit<LayersExtractor, "part"> {
  const compiled = program.compile("layers", (inputs) =>
    features(normalizeImages(inputs["images"] as tf.Tensor4D, statistics)),
  );
  return {
    layers,
    async extract(images) {
      const rows = await compiled.run({ images });
      return layers.map(({ name }) => rows[name]!.values as Float32Array);
    },
  };
}

/** A batch that so many can share evenly: black images are added at its end where it is not one. */
function inEqualShares({ values, shape: [count = 0, ...rest] }: HostTensor, replicas: number): HostTensor {
  const even = replicas * Math.ceil(count / replicas);
  if (even === count) return { values, shape: [count, ...rest] };
  const size = (values.length / count) * even;
  const padded = values instanceof Float32Array ? new Float32Array(size) : new Uint8Array(size);
  padded.set(values);
  return { values: padded, shape: [even, ...rest] };
}
