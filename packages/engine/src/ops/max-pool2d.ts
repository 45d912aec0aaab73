import type * as tf from "@tensorflow/tfjs";

import { windowPadding } from "./conv2d.ts";
import { differentiable } from "./differentiable.ts";
import { type Attribute, attribute, rawOp } from "./raw-op.ts";

export interface MaxPool2dOptions {
  /** Side of the square window, in pixels. */
  readonly size: number;
  readonly stride: number;
  /** Pixels on all four sides that count as minus infinity, as in PyTorch. */
  readonly padding: number;
}

/**
 * The largest value in each window of each channel.
 *
 * @param x `[N, H, W, C]` float32.
 * @returns `[N, H', W', C]` with `H' = floor((H + 2 padding - size) / stride) + 1`. The caller owns it.
 *
 * @example
 * ```ts
 * const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * maxPool2d(x, { size: 2, stride: 2, padding: 0 }); // => [[[[4]]]]
 * ```
 */
export function maxPool2d(x: tf.Tensor4D, { size, stride, padding }: MaxPool2dOptions): tf.Tensor4D {
  const attributes: Record<string, Attribute> = {
    T: attribute.type("float32"),
    ksize: attribute.ints([1, size, size, 1]),
    strides: attribute.ints([1, stride, stride, 1]),
    data_format: attribute.text("NHWC"),
    ...windowPadding(size, stride, padding),
  };
  const [y] = differentiable({
    inputs: { x },
    forward: (save) => {
      const out = rawOp("MaxPool", attributes, [x], 1);
      save([x, out[0]!]);
      return out;
    },
    gradients: ([dy], [input, out]) => ({
      x: () => rawOp("MaxPoolGrad", attributes, [input!, out!, dy!], 1)[0]!,
    }),
  });
  return y as tf.Tensor4D;
}
