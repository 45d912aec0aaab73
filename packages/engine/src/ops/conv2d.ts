import type * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";
import { everyNthPixel } from "./every-nth-pixel.ts";
import { type Attribute, ints, rawOp, text, type } from "./raw-op.ts";
import { shapeTensor } from "./shape-tensor.ts";

export interface Conv2dOptions {
  /** Step between two outputs, in pixels, along height and width. */
  readonly stride?: number;
  /** Zeros on all four sides, in pixels, as in PyTorch. TensorFlow's "SAME" pads one side only where the stride is 2. */
  readonly padding?: number;
}

/**
 * 2-D convolution (cross-correlation) with PyTorch's symmetric padding.
 *
 *     y[n, i, j, o] = sum_{a, b, c} x[n, stride * i + a - padding, stride * j + b - padding, c] * filter[a, b, c, o]
 *
 * @param x `[N, H, W, C]` float32.
 * @param filter `[height, width, C, O]` float32.
 * @returns `[N, H', W', O]` with `H' = floor((H + 2 padding - height) / stride) + 1`. The caller owns it.
 */
export function conv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride = 1, padding = 0 }: Conv2dOptions = {},
): tf.Tensor4D {
  // oneDNN's filter gradient of a 1x1 convolution with a stride writes beyond its memory in TensorFlow 2.21: wrong values now and
  // then, and a corrupt heap. Without a stride, on the pixels that count, it is the same convolution.
  if (filter.shape[0] === 1 && filter.shape[1] === 1 && padding === 0 && stride > 1) {
    return conv2d(everyNthPixel(x, stride), filter);
  }
  const attributes: Record<string, Attribute> = {
    T: type("float32"),
    strides: ints([1, stride, stride, 1]),
    data_format: text("NHWC"),
    ...windowPadding(filter.shape[0], stride, padding),
  };
  const [y] = differentiable({
    inputs: { x, filter },
    forward: (save) => {
      save([x, filter]);
      return rawOp("Conv2D", attributes, [x, filter], 1);
    },
    gradients: ([dy], [input, weights]) => ({
      x: () => rawOp("Conv2DBackpropInput", attributes, [shapeTensor(input!.shape), weights!, dy!], 1)[0]!,
      filter: () =>
        rawOp("Conv2DBackpropFilter", attributes, [input!, shapeTensor(weights!.shape), dy!], 1)[0]!,
    }),
  });
  return y as tf.Tensor4D;
}

/**
 * How TensorFlow is told to pad `padding` zeros on all sides of a window of `size`.
 *
 * Its named paddings stand where they mean the same: oneDNN has faster kernels for them than for explicit numbers.
 */
export function windowPadding(size: number, stride: number, padding: number): Record<string, Attribute> {
  if (padding === 0) return { padding: text("VALID") };
  if (stride === 1 && size === 2 * padding + 1) return { padding: text("SAME") };
  return {
    padding: text("EXPLICIT"),
    explicit_paddings: ints([0, 0, padding, padding, padding, padding, 0, 0]),
  };
}
