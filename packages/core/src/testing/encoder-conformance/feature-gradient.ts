import * as tf from "@tensorflow/tfjs";

import { gradientOfOtherFeatures, type NamedShape } from "../encoder-messages.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { type Lesson, lengthOf, shapeOf, type Taught, withLesson } from "./gradients.ts";
import { type BuiltEncoder, moveFromStart, training, withEncoder } from "./subject.ts";
import { weightsOf } from "./training-pass.ts";

/** Trained values whose gradient is measured, at most: evenly out of all that have a good part of it. */
const SAMPLE = 16;
/** The least share of the whole gradient: less would ask for distances where nothing is straight. */
const LEAST_SHARE = 1e-3;
/**
 * Predicted changes of the sum, relative to a feature: large enough for float32, small enough for a straight
 * line.
 */
const CHANGES = [3e-3, 1e-3, 3e-4, 1e-2];
const TOLERANCE = 0.05;
/**
 * A kink of relu near the start disturbs one distance, or in a narrow network all of them; it is not there
 * with other images. A wrong gradient is wrong with any.
 */
const BATCHES = 5;

export const featureGradient: EncoderRule = {
  name: "featureGradient",
  find: (subject) =>
    withEncoder(subject, (built) => {
      moveFromStart(built);
      let wrong: readonly WrongSlope[] = [];
      for (let batch = 0; batch < BATCHES; batch++) {
        wrong = withLesson(built, subject, batch, (lesson) =>
          (batch === 0 ? sampleOf(lesson) : sameOf(lesson, wrong)).flatMap((each) =>
            wrongSlopes(built, lesson, each),
          ),
        );
        if (wrong.length === 0) return [];
      }
      const [{ of, ...slopes }] = wrong as [WrongSlope];
      return [gradientOfOtherFeatures(subject.encoder.name, of, slopes)];
    }),
};

/** The slopes of the weighted sum of features along a value's gradient, which should be the same. */
interface WrongSlope {
  readonly of: NamedShape;
  readonly measured: number;
  readonly stated: number;
}

function sampleOf({ taught, length }: Lesson): readonly Taught[] {
  const large = taught.filter(({ gradient }) => lengthOf(gradient) > LEAST_SHARE * length);
  if (large.length <= SAMPLE) return large;
  return Array.from(
    { length: SAMPLE },
    (_, i) => large[Math.floor((i * (large.length - 1)) / (SAMPLE - 1))]!,
  );
}

const sameOf = ({ taught }: Lesson, wrong: readonly WrongSlope[]): readonly Taught[] =>
  taught.filter(({ entry }) => wrong.some(({ of }) => of.name === entry.name));

/** @returns the slope that comes nearest, where none comes near enough. */
function wrongSlopes(
  built: BuiltEncoder,
  { images, typicalFeature }: Lesson,
  each: Taught,
): readonly WrongSlope[] {
  const stated = lengthOf(each.gradient);
  const line = alongGradient(built, images, each);
  try {
    const errorOf = (slope: number) => Math.abs(slope - stated);
    let measured = Infinity;
    for (const change of CHANGES) {
      const distance = (change * typicalFeature) / stated;
      const slope = (line.sumAt(distance) - line.sumAt(-distance)) / (2 * distance);
      if (errorOf(slope) <= TOLERANCE * stated) return [];
      if (!(errorOf(slope) >= errorOf(measured))) measured = slope;
    }
    return [{ of: shapeOf(each), measured, stated }];
  } finally {
    line.restore();
  }
}

/** The weighted sum of features at places along one value's gradient. */
function alongGradient(
  { encoder }: BuiltEncoder,
  images: tf.Tensor4D,
  { entry: { variable }, gradient }: Taught,
) {
  const start = tf.clone(variable);
  const length = lengthOf(gradient);
  const direction = tf.tensor(
    gradient.map((x) => x / length),
    variable.shape,
  );
  return {
    sumAt: (distance: number): number =>
      tf.tidy(() => {
        variable.assign(tf.add(start, tf.mul(direction, distance)));
        const features = encoder.forward(images, training);
        return tf.sum(tf.mul(features, weightsOf(features.shape))).dataSync()[0]!;
      }),
    /** Puts the value back where it was. */
    restore() {
      variable.assign(start);
      tf.dispose([start, direction]);
    },
  };
}
