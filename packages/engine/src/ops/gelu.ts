import * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";

/**
 * The Gaussian error linear unit, exact:
 *
 *     y  = x Phi(x)                      Phi(x) = (1 + erf(x / sqrt(2))) / 2
 *     dx = dy (Phi(x) + x phi(x))        phi(x) = exp(-x² / 2) / sqrt(2 pi)
 *
 * Reference: Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415, section 2; `torch.nn.GELU()`, not its
 * approximation by tanh.
 *
 * @param x float32 of any shape.
 * @returns a tensor of x's shape; the caller owns it.
 *
 * @example
 * ```ts
 * gelu(tf.tensor1d([-1, 0, 1])); // => [-0.1587, 0, 0.8413]
 * ```
 */
export function gelu<X extends tf.Tensor>(x: X): X {
  const [y] = differentiable({
    inputs: { x },
    forward(save) {
      const share = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
      save([x, share]);
      return [tf.mul(x, share)];
    },
    gradients: ([dy], [input, share]) => ({
      x() {
        const bell = tf.exp(tf.mul(tf.square(input!), -0.5));
        const slope = tf.add(share!, tf.mul(tf.mul(input!, DENSITY_AT_ZERO), bell));
        return tf.mul(dy!, slope);
      },
    }),
  });
  return y as X;
}

/** 1 / sqrt(2 pi) */
const DENSITY_AT_ZERO = Math.sqrt(0.5 / Math.PI);
