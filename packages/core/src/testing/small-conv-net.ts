import { globalAveragePool, relu } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { defineEncoder } from "../networks/encoder.ts";
import { batchNorm, convolution } from "../networks/layers.ts";

/** Two convolutions with batch norm: all that an encoder has, and little to compile. */
export const smallConvNet = defineEncoder<object>({
  name: "small-conv-net",
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  build(scope) {
    const layers = [
      { from: 3, to: 8 },
      { from: 8, to: 16 },
    ].map(({ from, to }, i) => ({
      convolve: convolution(scope, `conv${i}`, { from, to, size: 3, stride: 2 }),
      normalize: batchNorm<tf.Tensor4D>(scope, `bn${i}`, to),
    }));
    return {
      featureDim: 16,
      forward(images, mode) {
        let x = images;
        for (const { convolve, normalize } of layers) x = relu(normalize(convolve(x, mode), mode));
        return globalAveragePool(x);
      },
    };
  },
});
