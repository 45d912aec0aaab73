import { sizeOfView, type ViewSize } from "@tssl/augment-zoo";
import { fill } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import { type AnyEncoder, buildEncoder, type Encoder } from "../../networks/encoder.ts";
import type { Mode } from "../../networks/layers.ts";
import { createScope } from "../../state/scope.ts";
import { createStateStore, type StateStore } from "../../state/store.ts";
import { noiseAroundColours } from "../noise-around-colours.ts";

/** One encoder with its options: what every check is about. */
export interface EncoderSubject {
  readonly encoder: AnyEncoder;
  /** All of them, defaults included. */
  readonly options: Readonly<object>;
  readonly imageSize: ViewSize;
  readonly viewSizes: readonly ViewSize[];
  readonly batchSizes: readonly number[];
  readonly withoutGradient: readonly string[];
  readonly startsTrained: boolean;
}

export const SEED = 3;
export const training: Mode = { training: true, batchNormGroups: 1 };
export const inference: Mode = { training: false, batchNormGroups: 1 };

/** An encoder and the store that owns its values. */
export interface BuiltEncoder {
  readonly encoder: Encoder;
  readonly store: StateStore;
}

/** Builds the encoder as a run does. The caller disposes the store. */
export function build(
  { encoder: definition, options, imageSize }: EncoderSubject,
  {
    seed = SEED,
    channels = 3,
    store = createStateStore(),
    prefix = "",
  }: {
    readonly seed?: number;
    readonly channels?: number;
    readonly store?: StateStore;
    readonly prefix?: string;
  } = {},
): BuiltEncoder {
  try {
    const scope = createScope(store, seed, prefix, true);
    return { encoder: buildEncoder({ definition, options }, scope, { imageSize, channels }), store };
  } catch (error) {
    store.dispose();
    throw error;
  }
}

/** Builds the encoder, calls `use` and frees its values. */
export async function withEncoder<T>(
  subject: EncoderSubject,
  use: (built: BuiltEncoder) => T | Promise<T>,
): Promise<T> {
  const built = build(subject);
  try {
    return await use(built);
  } finally {
    built.store.dispose();
  }
}

/** A batch of images on the host, `[B, H, W, channels]`. */
export interface Images {
  readonly values: Float32Array;
  readonly shape: [number, number, number, number];
}

/** Images made of numbers, as normalized ones are. */
export function imagesOf(
  name: string,
  {
    count,
    size,
    channels = 3,
  }: { readonly count: number; readonly size: ViewSize; readonly channels?: number },
): Images {
  const { width, height } = sizeOfView(size);
  const numbers = height * width * channels;
  const values = Float32Array.from(
    noiseAroundColours(
      { colours: `${name} colour`, noise: name },
      { count, numbers, channels },
      { colours: 1, noise: 1 },
    ),
  );
  return { values, shape: [count, height, width, channels] };
}

/** What `forward` gave back. */
export interface Features {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly values: Float32Array;
}

/** Passes images through the encoder eagerly. */
export const featuresOf = ({ encoder }: BuiltEncoder, { values, shape }: Images, mode: Mode): Features =>
  tf.tidy(() => {
    const rows = encoder.forward(tf.tensor4d(values, shape), mode);
    return { shape: rows.shape, dtype: rows.dtype, values: rows.dataSync<"float32">().slice() };
  });

/** Some of a batch of images. */
export function imagesFrom(
  { values, shape: [all, ...shape] }: Images,
  { first, count }: { readonly first: number; readonly count: number },
): Images {
  const numbers = values.length / all;
  return { values: values.subarray(first * numbers, (first + count) * numbers), shape: [count, ...shape] };
}

/**
 * Moves every trained value away from where it starts, which is often a constant that hides something: a
 * block that is multiplied by zero at first gets no gradient, and says nothing about another mode.
 */
export function moveFromStart({ store }: BuiltEncoder): void {
  for (const { name, variable } of store.trained()) {
    const { shape, size } = variable;
    const summed = size / (shape.at(-1) ?? 1);
    const values = fill(name, size, 0.5 / Math.sqrt(summed));
    tf.tidy(() => variable.assign(tf.add(variable, tf.tensor(values, shape))));
  }
}
