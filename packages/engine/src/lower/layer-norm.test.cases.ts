import * as tf from "@tensorflow/tfjs";

import { layerNorm } from "../ops/layer-norm.ts";
import { random } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

const SHAPES = [[2, 4, 3, 5], [4, 1, 1, 6], [1, 3, 3, 2]]; // prettier-ignore

export const layerNorms: OpCases = {
  "layer norm agrees: image and gradients"() {
    const cases = SHAPES.map((shape): OpCase => {
      const channels = [shape.at(-1)!];
      const f = (...[x, gamma, beta]: tf.Tensor[]) =>
        layerNorm(
          x as tf.Tensor4D,
          { gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D },
          { epsilon: 1e-5 },
        );
      const compute = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, dy: tf.Tensor) => [
        f(x, gamma, beta),
        ...tf.grads(f)([x, gamma, beta], dy),
      ];
      const inputs = [random(shape, 3), random(channels), random(channels), random(shape)];
      return { name: shape.join("x"), inputs, compute };
    });
    return cases.map((each) => ({ ...each, within: 1e-5, sums: true }));
  },
};
