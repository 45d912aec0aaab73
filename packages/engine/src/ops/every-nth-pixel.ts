import * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";
import { int, rawOp, type } from "./raw-op.ts";
import { shapeTensor } from "./shape-tensor.ts";

/**
 * The pixels at 0, stride, 2 stride … along height and width: what a 1x1 convolution with that stride looks at.
 *
 * @param x `[N, H, W, C]` float32.
 * @returns `[N, ceil(H / stride), ceil(W / stride), C]`; the caller owns it.
 */
export function everyNthPixel(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  // The masks say that begin and end count for no axis: from the first element to the last.
  const whole = int(0b1111);
  const attributes = {
    T: type("float32"),
    Index: type("int32"),
    begin_mask: whole,
    end_mask: whole,
  } as const;
  const slice = (): tf.Tensor[] => [
    tf.zeros([4], "int32"),
    tf.zeros([4], "int32"),
    shapeTensor([1, stride, stride, 1]),
  ];
  const [y] = differentiable({
    inputs: { x },
    forward: () => rawOp("StridedSlice", attributes, [x, ...slice()], 1),
    gradients: ([dy]) => ({
      x: () => rawOp("StridedSliceGrad", attributes, [shapeTensor(x.shape), ...slice(), dy!], 1)[0]!,
    }),
  });
  return y as tf.Tensor4D;
}
