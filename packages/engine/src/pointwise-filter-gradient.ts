import * as tf from "@tensorflow/tfjs";

import { everyNthPixel } from "./ops/every-nth-pixel.ts";

interface ConvolutionAttributes extends tf.NamedAttrMap {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly filterShape: [number, number, number, number];
}

/**
 * Makes tfjs's own convolutions, such as those of a tf.LayersModel, safe for training.
 *
 * In TensorFlow 2.21, oneDNN's filter gradient of a 1x1 convolution with a stride writes beyond its memory,
 * which gives wrong values at times and corrupts the heap. A convolution without a stride on every n-th pixel
 * is equal, and safe.
 */
export function replacePointwiseFilterGradient(): void {
  const original = tf.getKernel("Conv2DBackpropFilter", "tensorflow");
  tf.unregisterKernel("Conv2DBackpropFilter", "tensorflow");
  tf.registerKernel({
    ...original,
    kernelFunc(args) {
      const attributes = args.attrs as ConvolutionAttributes;
      const { x, dy } = args.inputs;
      const { strides, dataFormat, filterShape } = attributes;
      const [down, across] = Array.isArray(strides) ? strides : [strides, strides];
      const affected = filterShape[0] === 1 && filterShape[1] === 1 && down > 1 && down === across;
      if (!affected || dataFormat !== "NHWC") return original.kernelFunc(args);
      const seen = everyNthPixel(x as tf.Tensor4D, down);
      const gradient = original.kernelFunc({
        ...args,
        inputs: { x: seen, dy: dy! },
        attrs: { ...attributes, strides: [1, 1], pad: "valid" },
      });
      seen.dispose();
      return gradient;
    },
  });
}
