import * as tf from "@tensorflow/tfjs";
import { attribute, rawOp } from "../ops/raw-op.ts";
import { floats, indices, random, SPECIAL, tied } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

/** Shapes of ranks 0 .. 4 and lengths 0 .. 5, each with axes to reduce. */
const SHAPES: readonly (readonly [shape: number[], axes: number[]])[] = [
  [[], []],
  [[5], [0]],
  [[1], [-1]],
  [[0], [0]],
  [[2, 3], [0]],
  [[2, 3], [-1]],
  [[4, 0], [1]],
  [[0, 4], [1]],
  [
    [3, 4, 5],
    [0, 2],
  ],
  [[3, 4, 5], [-2]],
  [
    [2, 3, 4, 5],
    [1, 2],
  ],
  [
    [2, 1, 3, 2],
    [0, 1, 2, 3],
  ],
];

const topk = (x: tf.Tensor, type: "float32" | "int32", k: number) =>
  rawOp("TopKV2", { T: attribute.type(type), sorted: attribute.bool(true) }, [x, tf.scalar(k, "int32")], 2);

export const reductions: OpCases = {
  "sums, means, products and extremes agree over all ranks, axes and sizes"() {
    const ops = { sum: tf.sum, mean: tf.mean, prod: tf.prod, max: tf.max, min: tf.min };
    const cases = SHAPES.flatMap(([shape, axes]) =>
      Object.entries(ops).map(([name, op], i): OpCase => {
        const compute = (x: tf.Tensor) => op(x, axes, i % 2 === 0);
        const text = `${name} of [${shape.join()}] over [${axes.join()}]`;
        return { name: text, inputs: [random(shape)], compute, within: 1e-6, sums: true };
      }),
    );

    return cases;
  },
  "special numbers pass through reductions as in TensorFlow"() {
    const values = SPECIAL.flatMap((a) => SPECIAL.flatMap((b) => [a, b]));
    const pairs = floats(values, [SPECIAL.length ** 2, 2]);
    const ops = { sum: tf.sum, mean: tf.mean, prod: tf.prod, max: tf.max, min: tf.min };
    const cases = Object.entries(ops).map(([name, op]): OpCase => {
      return { name, inputs: [pairs], compute: (x: tf.Tensor) => op(x, 1), within: 1e-6 };
    });

    return cases;
  },
  "booleans are reduced"() {
    const compute = (x: tf.Tensor) => [tf.all(tf.greater(x, 0), 0), tf.any(tf.greater(x, 2), [0, 1], true)];
    const cases = [[2, 3], [0, 2], [4, 1]].map((shape): OpCase => {
    return { name: `[${shape.join()}]`, inputs: [indices(shape, 4)], compute };
  }); // prettier-ignore

    return cases;
  },
  "the place of the largest and the smallest is the first of equal ones, and never of NaN"() {
    const compute = (x: tf.Tensor) => [tf.argMax(x, -1), tf.argMin(x, 0)];
    const shapes = [[5], [3, 4], [2, 5, 3], [1, 1]];
    const cases = shapes.map((shape): OpCase => ({
      name: `[${shape.join()}]`,
      inputs: [tied(shape)],
      compute,
    }));
    const special = floats([NaN, 1, NaN, 3, 3, -Infinity, 0, -0, NaN, -Infinity, NaN, -Infinity], [4, 3]);
    const whole = indices([3, 5], 3);

    return [
      ...cases,
      { name: "special", inputs: [special], compute: (x: tf.Tensor) => tf.argMax(x, 1) },
      { name: "integers", inputs: [whole], compute },
    ];
  },
  "cumulative sums and products agree in both directions, with and without their own element"() {
    const shapes = [[5], [2, 3], [4, 0], [2, 3, 4]];
    const cases = shapes.flatMap((shape) =>
      [0, 1, 2, 3].map((i): OpCase => {
        const compute = (x: tf.Tensor) => [
          tf.cumsum(x, -1, i % 2 === 1, i > 1),
          tf.cumprod(x, 0, i % 2 === 1, i > 1),
        ];
        return { name: `[${shape.join()}] ${i}`, inputs: [random(shape)], compute, within: 1e-6, sums: true };
      }),
    );

    return cases;
  },
  "the largest elements come in order with their places, of equal ones the first"() {
    const cases = [[5], [3, 4], [2, 2, 6], [2, 300], [0, 4]].flatMap((shape) =>
      [0, 1, 2, 3].map((k): OpCase => {
        const compute = (x: tf.Tensor) => {
          const { values, indices: places } = tf.topk(x, k);
          return [values, places];
        };
        return { name: `${k} of [${shape.join()}]`, inputs: [tied(shape)], compute };
      }),
    );
    const infinite = floats([-Infinity, -Infinity, -Infinity, 1, -Infinity, Infinity], [2, 3]);
    const two = { name: "infinite", inputs: [infinite], compute: (x: tf.Tensor) => topk(x, "float32", 2) };
    const zeros = [1, 2, 3].map((k) => ({
      name: `${k} of zeros of both signs`,
      inputs: [floats([-0, 0.5, 0, -1, 0, -0, -0, 0], [2, 4])],
      compute: (x: tf.Tensor) => topk(x, "float32", k),
    }));
    const whole = [1, 2, 40].map((k) => ({
      name: `${k} integers`,
      inputs: [indices([40], 9)],
      compute: (x: tf.Tensor) => topk(x, "int32", k),
    }));

    return [...cases, two, ...zeros, ...whole];
  },
  "half sums of squares and gradients of biases agree"() {
    const raw = (op: string) => (x: tf.Tensor) => rawOp(op, { T: attribute.type("float32") }, [x], 1)[0]!;
    return [[3], [2, 3], [2, 3, 4, 5]].flatMap((shape): OpCase[] =>
      (shape.length < 2 ? ["L2Loss"] : ["L2Loss", "BiasAddGrad"]).map((op) => {
        const name = `${op} [${shape.join()}]`;
        return { name, inputs: [random(shape)], compute: raw(op), within: 1e-6, sums: op === "BiasAddGrad" };
      }),
    );
  },
};
