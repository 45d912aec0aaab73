import { pixelFormat, sizeOfView } from "@tssl/augment-zoo";
import { type MadeEncoder, normalizeImages } from "@tssl/core/internal";
import { decodingOf } from "@tssl/core/run";
import { type NodeMessage, recordStep } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { floatsTaken, notExportable } from "../messages.ts";
import { freeBatch } from "./free-batch.ts";
import { withStridesInside } from "./strides-inside.ts";
import { leadingTo, namesLeadingTo } from "./walk.ts";

/** A parameter of the encoder, by the name that the graph's nodes use. */
export interface GraphParameter {
  /** Its name within the encoder: "layer1.0.conv1.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * An encoder as TensorFlow's graph: from bytes `[N, H, W, 3]` over the normalization to features `[N, D]`,
 * for any N. It is what every artefact that holds a graph is made of.
 */
export interface EncoderGraph {
  /** Ops in order: each comes after its inputs, and each leads to the features. */
  readonly nodes: readonly NodeMessage[];
  /** The node of the images; bytes. */
  readonly input: string;
  /** `[height, width, channels]` of the images. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Parameters by the name of their node. */
  readonly parameters: ReadonlyMap<string, GraphParameter>;
  /** The edge of the features. */
  readonly output: string;
  readonly featureDim: number;
  /** Shapes of the results of each node; -1 is N. */
  readonly shapes: ReadonlyMap<string, readonly (readonly number[])[]>;
}

/** Two sizes of a batch, by which what depends on it is told from what does not. */
const BATCHES = [2, 3] as const;

/**
 * Records what an encoder computes for evaluation. Nothing is run. The engine must be started.
 *
 * @throws {TsslError} EXPORT where the encoder works for one size of a batch alone, or takes float32 images.
 * @param format what it is exported to.
 */
export function recordEncoder(
  { settings, store, representation, prefix }: MadeEncoder,
  format: string,
): EncoderGraph {
  const { data } = settings;
  const { width, height } = sizeOfView(settings.imageSize);
  const { channels, depth } = pixelFormat(decodingOf(data));
  if (depth === 32) throw notExportable(format, floatsTaken);
  const imageShape = [height, width, channels] as const;
  const variables = store.variables();
  const record = (batch: number) =>
    recordStep(
      ({ images }) => ({ features: representation.features(normalizeImages(images as tf.Tensor4D, data)) }),
      {
        images: {
          values: new Uint8Array(batch * height * width * channels),
          shape: [batch, ...imageShape],
        },
      },
      variables,
    );
  const { nodes: recorded, shapes, output } = freeBatch(BATCHES.map(record), BATCHES);
  const nodes = leadingTo(withStridesInside(recorded, output), output);
  const used = namesLeadingTo(nodes, output);
  const parameters = Object.entries(variables).flatMap(([name, variable], i) =>
    used.has(`state${i}`) ? [[`state${i}`, parameterOf(name, prefix, variable)] as const] : [],
  );
  return {
    nodes,
    input: "in0",
    imageShape,
    parameters: new Map(parameters),
    output,
    featureDim: representation.featureDim,
    shapes,
  };
}

const parameterOf = (name: string, prefix: string, variable: tf.Variable): GraphParameter => ({
  name: name.startsWith(prefix) ? name.slice(prefix.length) : name,
  shape: variable.shape,
  values: variable.dataSync() as Float32Array,
});
