import * as tf from "@tensorflow/tfjs";

import type { Build } from "../../plugins/build.ts";
import type { StepRandom } from "../../plugins/step-random.ts";

/**
 * The same build, whose random numbers are the same for two replicas: rows that are drawn for the images of
 * both repeat after half of them. So the same images can be given to one replica, then to the other.
 */
export const sameDraws = (build: Build): Build => ({
  ...build,
  random(name) {
    const drawn = build.random(name);
    const repeated = <R extends tf.Rank>(
      shape: tf.ShapeMap[R],
      draw: (shape: tf.ShapeMap[R]) => tf.Tensor<R>,
    ): tf.Tensor<R> => {
      const [rows = 1, ...rest] = shape;
      if (rows % 2 !== 0) return draw(shape);
      return tf.tidy(() => {
        const half = draw([rows / 2, ...rest] as tf.ShapeMap[R]);
        return tf.concat<tf.Tensor<R>>([half, half], 0);
      });
    };
    const random: StepRandom = {
      ...drawn,
      integers: (context, shape, below) => repeated(shape, (half) => drawn.integers(context, half, below)),
      uniform: (context, shape) => repeated(shape, (half) => drawn.uniform(context, half)),
    };
    return random;
  },
});
