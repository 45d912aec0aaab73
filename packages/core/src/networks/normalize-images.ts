import * as tf from "@tensorflow/tfjs";

/** Per channel, on the scale 0 .. 1. */
export interface ImageStatistics {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/**
 * Mean and deviation of ImageNet's training images; torchvision, MoCo and CLSA use them for every data set.
 */
export const imagenetStatistics: ImageStatistics = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/**
 * `(x / 255 - mean) / deviation` per channel.
 *
 * @param images `[B, H, W, 3]`, or patches `[B, P, h, w, 3]`; float32, 0 .. 255.
 * @returns the same shape, float32, about -2 .. 2.6; the caller owns it.
 */
export function normalizeImages<Images extends tf.Tensor4D | tf.Tensor5D>(
  images: Images,
  { mean, deviation }: ImageStatistics,
): Images {
  return tf.tidy(() => {
    const scale = tf.tensor1d(deviation.map((d) => 1 / (255 * d)));
    const offset = tf.tensor1d(mean.map((m, i) => -m / deviation[i]!));
    return tf.add<Images>(tf.mul(images, scale), offset);
  });
}
