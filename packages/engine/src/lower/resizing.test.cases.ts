import * as tf from "@tensorflow/tfjs";

import { random } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

type Image = tf.Tensor4D;

export const resizing: OpCases = {
  "images are resized, larger and smaller, with their gradients"() {
    const sizes: [number, number][] = [[7, 3], [2, 9], [1, 1], [5, 4]]; // prettier-ignore
    return sizes.flatMap((size) =>
      [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor].flatMap((resize) =>
        [[false, false], [true, false], [false, true]].map(([aligned, half]): OpCase => {
          const made = (x: Image) => resize(x, size, aligned, half);
          // TensorFlow has no gradient for centres of half a pixel in tfjs.
          const compute = (x: Image) =>
            half ? [made(x)] : [made(x), tf.grad((image) => tf.square(made(image as Image)))(x)];
          const name = `${resize.name} to ${size.join(" x ")}, ${aligned}, ${half}`;
          return { name, inputs: [random([2, 5, 4, 3])], compute, within: 2e-6, sums: true };
        }),
      ),
    ); // prettier-ignore
  },
};
