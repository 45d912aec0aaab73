import * as tf from "@tensorflow/tfjs";

import type { StateEntry } from "../../state/store.ts";
import {
  encoderGradientNotFinite,
  featuresAllZero,
  type NamedShape,
  valuesWithoutGradient,
  valueWithGradientAfterAll,
} from "../encoder-messages.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { type BuiltEncoder, type EncoderSubject, imagesOf, moveFromStart, withEncoder } from "./subject.ts";
import { trainingPass } from "./training-pass.ts";

const COUNT = 4;
/**
 * Below this share of the whole gradient, a value's is rounding: that of a bias before batch norm, which
 * takes it out again.
 */
export const ROUNDING = 1e-5;

export function lengthOf(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  return Math.sqrt(squares);
}

/** One trained value with its gradient, which is empty where there is none. */
export interface Taught {
  readonly entry: StateEntry;
  readonly gradient: Float32Array;
}

/** What a pass in mode training teaches. */
export interface Lesson {
  readonly images: tf.Tensor4D;
  readonly taught: readonly Taught[];
  /** The length of all gradients as one vector. */
  readonly length: number;
  /** The square root of the features' mean square. */
  readonly typicalFeature: number;
}

/**
 * Passes images through in mode training, and calls `use` with what that teaches.
 *
 * @param batch another number gives other images.
 */
export function withLesson<T>(
  built: BuiltEncoder,
  { imageSize }: Pick<EncoderSubject, "imageSize">,
  batch: number,
  use: (lesson: Lesson) => T,
): T {
  const { values, shape } = imagesOf(`batch ${batch}`, { count: COUNT, size: imageSize });
  const images = tf.tensor4d(values, shape);
  const pass = tf.tidy(() => trainingPass(built, images));
  try {
    const taught = built.store.trained().map((entry) => ({
      entry,
      gradient: pass.gradients[entry.name]?.dataSync<"float32">().slice() ?? new Float32Array(),
    }));
    const features = pass.features.dataSync();
    return use({
      images,
      taught,
      length: lengthOf(taught.map(({ gradient }) => lengthOf(gradient))),
      typicalFeature: lengthOf(features) / Math.sqrt(features.length),
    });
  } finally {
    tf.dispose([images, pass.features, { ...pass.gradients }]);
  }
}

export const gradientReach: EncoderRule = {
  name: "gradientReach",
  find: (subject) =>
    withEncoder(subject, (built) => {
      moveFromStart(built);
      return withLesson(built, subject, 0, (lesson) => problemsOf(subject, lesson));
    }),
};

function problemsOf(
  { encoder: { name }, withoutGradient }: EncoderSubject,
  { taught, length, typicalFeature }: Lesson,
): readonly string[] {
  if (typicalFeature === 0) return [featuresAllZero(name)];
  const notFinite = taught.filter(({ gradient }) => !gradient.every(Number.isFinite)).map(nameOf);
  if (notFinite.length > 0) return [encoderGradientNotFinite(name, notFinite)];
  const without = taught.filter(({ gradient }) => lengthOf(gradient) <= ROUNDING * length);
  const unexplained = without.filter((each) => !withoutGradient.includes(nameOf(each)));
  const untrue = withoutGradient.filter((each) => !without.map(nameOf).includes(each));
  return [
    ...(unexplained.length === 0 ? [] : [valuesWithoutGradient(name, unexplained.map(shapeOf))]),
    ...untrue.map((each) => valueWithGradientAfterAll(name, each)),
  ];
}

const nameOf = ({ entry }: Taught): string => entry.name;

export const shapeOf = ({ entry }: Taught): NamedShape => ({
  name: entry.name,
  shape: entry.variable.shape,
});
