import * as tf from "@tensorflow/tfjs";
import { indices, integers, random } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

type Two = tf.Tensor2D;

export const indexing: OpCases = {
  "gathering agrees along every axis, with indices of every rank and with batches"() {
    const cases = [0, 1, 2, -1].flatMap((axis) =>
      [[], [4], [2, 3], [0]].map((shape): OpCase => {
        const compute = (x: tf.Tensor, at: tf.Tensor) => tf.gather(x, at, axis);
        const name = `axis ${axis}, indices [${shape.join()}]`;
        return { name, inputs: [random([3, 4, 3]), indices(shape, 3)], compute };
      }),
    );
    const batched = [1, 2].map((axis): OpCase => {
      const compute = (x: tf.Tensor, at: tf.Tensor) => tf.gather(x, at, axis, 1);
      return { name: `batch, axis ${axis}`, inputs: [random([2, 3, 3]), indices([2, 4], 3)], compute };
    });
    const nd = [[2], [3, 1], [2, 2, 3]].map((shape): OpCase => {
      const compute = (x: tf.Tensor, at: tf.Tensor) => tf.gatherND(x, at);
      return { name: `gatherND [${shape.join()}]`, inputs: [random([3, 3, 3]), indices(shape, 3)], compute };
    });
    const gradient: OpCase = {
      name: "gradient",
      inputs: [random([4, 3]), indices([6], 4)],
      compute: (x: Two, at: tf.Tensor1D) => tf.grad((a) => tf.square(tf.gather(a, at)))(x),
      within: 1e-6,
      sums: true,
    };

    return [...cases, ...batched, ...nd, gradient];
  },
  "scattering agrees, and adds where places are equal"() {
    const rows = integers([2, 0, 3], [3, 1]);

    return [
      {
        name: "rows",
        inputs: [random([5, 2]), rows, random([3, 2])],
        compute: (x: Two, at: Two, by: Two) => tf.tensorScatterUpdate(x, at, by),
      },
      {
        name: "elements",
        inputs: [random([3, 4]), integers([0, 1, 2, 3], [2, 2]), random([2])],
        compute: (x: Two, at: Two, by: tf.Tensor1D) => tf.tensorScatterUpdate(x, at, by),
      },
      {
        name: "sums",
        inputs: [integers([2, 0, 2, 1], [4, 1]), random([4, 3])],
        compute: (at: Two, by: Two) => tf.scatterND(at, by, [4, 3]),
        within: 1e-6,
      },
      {
        name: "segments",
        inputs: [random([5, 2]), integers([1, -1, 3, 1, 0])],
        compute: (x: Two, at: tf.Tensor1D) => tf.unsortedSegmentSum(x, at, 4),
        within: 1e-6,
      },
      {
        name: "no rows",
        inputs: [random([0, 2]), integers([])],
        compute: (x: Two, at: tf.Tensor1D) => tf.unsortedSegmentSum(x, at, 3),
      },
    ];
  },
  "one-hot vectors and counts agree, with numbers out of range too"() {
    const classes = integers([0, 2, -1, 4, 5, 1]);
    const counted = integers([0, 2, 2, 7, 9, 1]);

    return [
      { name: "oneHot", inputs: [classes], compute: (x: tf.Tensor) => tf.oneHot(x, 5) },
      { name: "oneHot values", inputs: [classes], compute: (x: tf.Tensor) => tf.oneHot(x, 3, 7, -2) },
      {
        name: "oneHot of two axes",
        inputs: [indices([2, 3], 4)],
        compute: (x: tf.Tensor) => tf.oneHot(x, 4),
      },
      {
        name: "weighted",
        inputs: [counted, random([6])],
        compute: (x: tf.Tensor1D, w: tf.Tensor1D) => tf.bincount(x, w, 8),
        within: 1e-6,
      },
      {
        name: "counted",
        inputs: [counted],
        compute: (x: tf.Tensor1D) => tf.bincount(x, tf.tensor1d([]), 8),
      },
    ];
  },
};
