import * as tf from "@tensorflow/tfjs";
import { batchNormInference, batchNormTraining } from "../ops/batch-norm.ts";
import type { BatchNormState } from "../ops/batch-norm-state.ts";
import { floats, positive, random } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

type Vector = tf.Tensor1D;

const stateOf = ([gamma, beta, mean, variance]: readonly tf.Tensor[]): BatchNormState => ({
  gamma: gamma as Vector,
  beta: beta as Vector,
  mean: mean as Vector,
  variance: variance as Vector,
});
const inputsOf = (shape: number[]) => {
  const channels = [shape.at(-1)!];
  return [
    random(shape, 3),
    random(shape),
    random(channels),
    random(channels),
    random(channels),
    positive(channels),
  ];
};
/** Gradients where each pixel counts differently: the sum of squares of a normalized image is constant. */
const gradients = (
  f: (x: tf.Tensor4D, state: BatchNormState) => tf.Tensor,
  [x, dy]: readonly [tf.Tensor, tf.Tensor],
  state: BatchNormState,
) =>
  tf.grads((...[a, gamma, beta]: tf.Tensor[]) =>
    f(a as tf.Tensor4D, { ...state, gamma: gamma as Vector, beta: beta as Vector }),
  )([x, state.gamma, state.beta], dy);

const SHAPES = [[8, 3], [2, 4, 3, 5], [4, 1, 1, 2], [3, 2, 1, 1]]; // prettier-ignore

export const batchNorm: OpCases = {
  "batch norm in training agrees: image, statistics and gradients"() {
    const cases = SHAPES.map((shape): OpCase => {
      const options = { momentum: 0.1, epsilon: 1e-5 };
      const compute = (x: tf.Tensor4D, dy: tf.Tensor4D, ...of: Vector[]) => {
        const state = stateOf(of);
        const { y, mean, variance } = batchNormTraining(x, state, options);
        return [
          y,
          mean,
          variance,
          ...gradients((a, s) => batchNormTraining(a, s, options).y, [x, dy], state),
        ];
      };
      return { name: `[${shape.join()}]`, inputs: inputsOf(shape), compute, within: 1e-5, sums: true };
    });

    return cases;
  },
  "batch norm of groups of rows agrees: image, statistics and gradients"() {
    const cases = [2, 4].map((groups): OpCase => {
      const options = { momentum: 0.1, epsilon: 1e-5 };
      const norm = (x: tf.Tensor4D, state: BatchNormState) =>
        tf.split<tf.Tensor4D>(x, groups).map((part) => batchNormTraining(part, state, options));
      const compute = (x: tf.Tensor4D, dy: tf.Tensor4D, ...of: Vector[]) => {
        const parts = norm(x, stateOf(of));
        const image = (a: tf.Tensor4D, state: BatchNormState) => tf.concat(norm(a, state).map(({ y }) => y));
        return [
          tf.concat(parts.map(({ y }) => y)),
          tf.mean(tf.stack(parts.map(({ mean }) => mean)), 0),
          tf.mean(tf.stack(parts.map(({ variance }) => variance)), 0),
          ...gradients(image, [x, dy], stateOf(of)),
        ];
      };
      return { name: `${groups} groups`, inputs: inputsOf([8, 3, 2, 5]), compute, within: 1e-5, sums: true };
    });

    return cases;
  },
  "batch norm by running statistics agrees, with its gradients"() {
    const cases = SHAPES.map((shape): OpCase => {
      const compute = (x: tf.Tensor4D, dy: tf.Tensor4D, ...of: Vector[]) => {
        const state = stateOf(of);
        const norm = (a: tf.Tensor4D, s: BatchNormState) => batchNormInference(a, s, { epsilon: 1e-3 });
        return [norm(x, state), ...gradients(norm, [x, dy], state)];
      };
      return { name: `[${shape.join()}]`, inputs: inputsOf(shape), compute, within: 1e-5, sums: true };
    });
    const tfjs: OpCase = {
      name: "tf.batchNorm",
      inputs: inputsOf([2, 3, 3, 4]),
      compute: (
        x: tf.Tensor4D,
        _: tf.Tensor4D,
        gamma: Vector,
        beta: Vector,
        mean: Vector,
        variance: Vector,
      ) => tf.batchNorm(x, mean, variance, beta, gamma, 0.01),
      within: 1e-5,
      sums: true,
    };

    return [...cases, tfjs];
  },
  "the variance of an image far from zero does not cancel"() {
    const x = floats(
      Array.from({ length: 64 }, (_, i) => 1e4 + (i % 8) / 8),
      [16, 1, 1, 4],
    );
    const of = [floats([1, 1, 1, 1]), floats([0, 0, 0, 0]), floats([0, 0, 0, 0]), floats([1, 1, 1, 1])];
    const compute = (image: tf.Tensor4D, ...state: Vector[]) =>
      batchNormTraining(image, stateOf(state), { momentum: 1, epsilon: 1e-5 }).variance;
    // Of 0, 4/8 in the first channel, and so on: a variance of 1/16, times 16/15.

    return [{ name: "variance", inputs: [x, ...of], compute, within: 1e-5 }];
  },
};
