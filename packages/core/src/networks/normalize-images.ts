import { type Depth, pixelFormat } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

/** Per channel, on the scale 0 .. 1. */
export interface ImageStatistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** 8 where absent or null: numbers are 0 .. 255; with 32, which other than 1 or 3 channels have, 0 .. 1. */
  readonly depth?: Depth | null;
}

/**
 * Mean and deviation of ImageNet's training images; torchvision, MoCo and CLSA use them for every data set.
 */
export const imagenetStatistics: ImageStatistics = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/**
 * `(x / 255 - mean) / deviation` per channel; of views of float32 `(x - mean) / deviation`.
 *
 * @param images `[B, H, W, C]`, or patches `[B, P, h, w, C]`; float32, 0 .. 255, or 0 .. 1 of depth 32.
 * @returns the same shape, float32, about -2 .. 2.6; the caller owns it.
 */
export function normalizeImages<Images extends tf.Tensor4D | tf.Tensor5D>(
  images: Images,
  { mean, deviation, depth }: ImageStatistics,
): Images {
  return tf.tidy(() => {
    const format = pixelFormat({ channels: mean.length, ...(depth == null ? {} : { depth }) });
    const whole = format.depth === 8 ? 255 : 1;
    const scale = tf.tensor1d(deviation.map((d) => 1 / (whole * d)));
    const offset = tf.tensor1d(mean.map((m, i) => -m / deviation[i]!));
    return tf.add<Images>(tf.mul(images, scale), offset);
  });
}
