import type * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";
import { attribute, rawOp } from "./raw-op.ts";
import { shapeTensor } from "./shape-tensor.ts";

/**
 * The pixels at 0, stride, 2 stride … along height and width, which a 1x1 convolution with that stride reads.
 *
 * It is computed as the average over windows of one pixel; TensorFlow's strided slice takes several times as
 * long.
 *
 * @param x `[N, H, W, C]` float32.
 * @returns `[N, ceil(H / stride), ceil(W / stride), C]`; the caller owns it.
 */
export function everyNthPixel(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  const attributes = {
    T: attribute.type("float32"),
    ksize: attribute.ints([1, 1, 1, 1]),
    strides: attribute.ints([1, stride, stride, 1]),
    padding: attribute.text("VALID"),
    data_format: attribute.text("NHWC"),
  } as const;
  const [y] = differentiable({
    inputs: { x },
    forward: () => rawOp("AvgPool", attributes, [x], 1),
    gradients: ([dy]) => ({
      x: () => rawOp("AvgPoolGrad", attributes, [shapeTensor(x.shape), dy!], 1)[0]!,
    }),
  });
  return y as tf.Tensor4D;
}
