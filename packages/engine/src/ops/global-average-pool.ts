import * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";
import { attribute, rawOp } from "./raw-op.ts";
import { shapeTensor } from "./shape-tensor.ts";

/**
 * The mean over height and width.
 *
 * The gradient repeats `dy / (H W)`; that of `tf.mean` multiplies by a tensor of ones made in JavaScript at
 * every step.
 *
 * @param x `[N, H, W, C]` float32.
 * @returns `[N, C]`; the caller owns it.
 *
 * @example
 * ```ts
 * globalAveragePool(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])); // => [[2.5]]
 * ```
 */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  const [n, h, w, c] = x.shape;
  const [y] = differentiable({
    inputs: { x },
    forward: () =>
      rawOp(
        "Mean",
        { T: attribute.type("float32"), Tidx: attribute.type("int32"), keep_dims: attribute.bool(false) },
        [x, shapeTensor([1, 2])],
        1,
      ),
    gradients: ([dy]) => ({
      x: () =>
        rawOp(
          "BroadcastTo",
          { T: attribute.type("float32"), Tidx: attribute.type("int32") },
          [tf.reshape(tf.div(dy!, h * w), [n, 1, 1, c]), shapeTensor([n, h, w, c])],
          1,
        )[0]!,
    }),
  });
  return y as tf.Tensor2D;
}
