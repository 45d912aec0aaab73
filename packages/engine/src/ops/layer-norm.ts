import * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";

/** Everything of an image but the batch. */
const OF_IMAGES = [1, 2, 3];

export interface LayerNormOptions {
  readonly epsilon: number;
  /** What mean and variance are taken over. Default H, W and C of images; [-1]: the channels alone. */
  readonly axes?: readonly number[];
}

/**
 * Layer normalization of features: each image, or each token or pixel, by its own mean and variance, so that
 * no image of a batch knows of another, in training as at inference.
 *
 *     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
 *         mean and variance over `axes`; the variance is biased
 *
 * Over H, W and C it is PyTorch's `GroupNorm(1, C)`: gamma and beta belong to channels, so that the size of
 * an image is free. PyTorch's `LayerNorm([C, H, W])` has one of each for every place. Over C alone it is
 * `LayerNorm(C)`.
 *
 * The gradient is the closed form, computed of the normalized values alone:
 *
 *     dx = (g - mean(g) - z * mean(g z)) / sqrt(variance + epsilon)
 *     with g = gamma * dy and z = (y - beta) / gamma
 *
 * Reference: Ba et al. 2016, https://arxiv.org/abs/1607.06450, eq. 3.
 *
 * @param x `[N, H, W, C]` float32, or `[…, C]` with other `axes`.
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
export function layerNorm<X extends tf.Tensor>(
  x: X,
  { gamma, beta }: { readonly gamma: tf.Tensor1D; readonly beta: tf.Tensor1D },
  { epsilon, axes = OF_IMAGES }: LayerNormOptions,
): X {
  const meanOf = (values: tf.Tensor) => tf.mean(values, [...axes], true);
  const allButChannels = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const [y] = differentiable({
    inputs: { x, gamma, beta },
    forward: (save) => {
      const centred = tf.sub(x, meanOf(x));
      const scale = tf.rsqrt(tf.add(meanOf(tf.square(centred)), epsilon)); // [N, 1, 1, 1] of images
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
      gamma: () => tf.sum(tf.mul(dy!, normalized!), allButChannels),
      beta: () => tf.sum(dy!, allButChannels),
    }),
  });
  return y as X;
}
