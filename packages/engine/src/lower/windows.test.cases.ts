import * as tf from "@tensorflow/tfjs";
import { maxPool2d } from "../ops/max-pool2d.ts";
import { random, tied } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

type Image = tf.Tensor4D;

/** Windows of all sizes, strides and paddings over images of other heights than widths. */
const GEOMETRIES = [2, 3].flatMap((size) =>
  [1, 2, 3].flatMap((stride) =>
    (["same", "valid"] as const).flatMap((padding) => ({ size, stride, padding, shape: [2, 5, 4, 2] })),
  ),
);
const nameOf = ({ size, stride, padding, shape }: (typeof GEOMETRIES)[number]) =>
  `window ${size}, stride ${stride}, ${padding}, [${shape.join()}]`;

export const windows: OpCases = {
  "max pooling and its gradient agree, where pixels are equal too"() {
    const cases = GEOMETRIES.map((geometry): OpCase => {
      const { size, stride, padding, shape } = geometry;
      const pool = (x: Image) => tf.maxPool(x, size, stride, padding);
      const compute = (x: Image) => [pool(x), tf.grad((image) => tf.mul(pool(image as Image), 3))(x)];
      return { name: nameOf(geometry), inputs: [tied(shape)], compute, within: 1e-6 };
    });

    return cases;
  },
  "max pooling with padding of its own agrees, of negative pixels too"() {
    const sizes = [
      { size: 3, stride: 2, padding: 1, length: 7 },
      { size: 2, stride: 2, padding: 1, length: 4 },
      { size: 3, stride: 1, padding: 1, length: 3 },
    ];
    const cases = sizes.map(({ length, ...window }): OpCase => {
      const pool = (x: Image) => maxPool2d(x, window);
      const compute = (x: Image) => {
        const below = tf.sub<Image>(x, 2);
        return [pool(below), tf.grad((image) => tf.square(pool(image as Image)))(below)];
      };
      const name = `${window.size}, ${window.stride}, ${window.padding}`;
      return { name, inputs: [tied([2, length, 5, 3])], compute, within: 1e-6 };
    });

    return cases;
  },
  "average pooling and its gradient agree; padding does not count"() {
    const cases = GEOMETRIES.map((geometry): OpCase => {
      const { size, stride, padding, shape } = geometry;
      const pool = (x: Image) => tf.avgPool(x, size, stride, padding);
      const compute = (x: Image) => [pool(x), tf.grad((image) => tf.square(pool(image as Image)))(x)];
      return { name: nameOf(geometry), inputs: [random(shape)], compute, within: 1e-6, sums: true };
    });

    return cases;
  },
};
