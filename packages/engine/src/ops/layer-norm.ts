import * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";

/** Everything but the batch. */
const AXES = [1, 2, 3];

/**
 * Layer normalization of images of features: each by its own mean and variance, so that no image of a batch
 * knows of another, in training as at inference.
 *
 *     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
 *         mean and variance over H, W and C of each image; the variance is biased
 *
 * As PyTorch's `GroupNorm(1, C)`: gamma and beta belong to channels, so that the size of an image is free.
 * PyTorch's `LayerNorm([C, H, W])` has one of each for every place.
 *
 * The gradient is the closed form, computed of the normalized values alone:
 *
 *     dx = (g - mean(g) - z * mean(g z)) / sqrt(variance + epsilon)        g = gamma * dy, z = (y - beta) / gamma
 *
 * Reference: Ba et al. 2016, https://arxiv.org/abs/1607.06450, eq. 3.
 *
 * @param x `[N, H, W, C]` float32.
 * @param parameters gamma and beta, `[C]` each. Gradients flow to x, gamma and beta.
 * @returns a tensor of x's shape; the caller owns it.
 *
 * @example
 * ```ts
 * const [gamma, beta] = [tf.tensor1d([1, 2]), tf.tensor1d([0, 5])];
 * const x = tf.tensor4d([1, 3, 10, 30], [2, 1, 1, 2]);
 * layerNorm(x, { gamma, beta }, { epsilon: 0 }); // => [[[[-1, 7]]], [[[-1, 7]]]]
 * ```
 */
export function layerNorm(
  x: tf.Tensor4D,
  { gamma, beta }: { readonly gamma: tf.Tensor1D; readonly beta: tf.Tensor1D },
  { epsilon }: { readonly epsilon: number },
): tf.Tensor4D {
  const [y] = differentiable({
    inputs: { x, gamma, beta },
    forward: (save) => {
      const centred = tf.sub(x, meanOf(x));
      const scale = tf.rsqrt(tf.add(meanOf(tf.square(centred)), epsilon)); // [N, 1, 1, 1]
      const normalized = tf.mul(centred, scale);
      save([normalized, scale, gamma]);
      return [tf.add(tf.mul(normalized, gamma), beta)];
    },
    gradients: ([dy], [normalized, scale, savedGamma]) => ({
      x() {
        const g = tf.mul(dy!, savedGamma!);
        const along = tf.mul(normalized!, meanOf(tf.mul(g, normalized!)));
        return tf.mul(tf.sub(tf.sub(g, meanOf(g)), along), scale!);
      },
      gamma: () => tf.sum(tf.mul(dy!, normalized!), [0, 1, 2]),
      beta: () => tf.sum(dy!, [0, 1, 2]),
    }),
  });
  return y as tf.Tensor4D;
}

const meanOf = (x: tf.Tensor): tf.Tensor => tf.mean(x, AXES, true);
