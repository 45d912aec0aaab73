import type * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";
import { attribute, rawOp } from "./raw-op.ts";

const T = { T: attribute.type("float32") };

/**
 * max(x, 0), with the gradient `dy where y > 0, else 0`.
 *
 * tfjs computes that gradient as `dy * step(x)`: it writes one more tensor of full size, and keeps x besides
 * y.
 *
 * @param x float32 of any shape.
 * @returns a tensor of the same shape; the caller owns it.
 */
export function relu<X extends tf.Tensor>(x: X): X {
  const [y] = differentiable({
    inputs: { x },
    forward: (save) => {
      const out = rawOp("Relu", T, [x], 1);
      save(out);
      return out;
    },
    gradients: ([dy], [out]) => ({ x: () => rawOp("ReluGrad", T, [dy!, out!], 1)[0]! }),
  });
  return y as X;
}
