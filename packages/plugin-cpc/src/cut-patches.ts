import type { PatchGrid } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

/**
 * The patches of images, those of each place of the grid together, row by row:
 * `[B, H, W, 3]` to `[rows * columns * B, size, size, 3]`. Any B. The caller owns the result.
 */
export function cutPatches(
  images: tf.Tensor4D,
  { rows, columns, size, stride }: Omit<PatchGrid, "jitter">,
): tf.Tensor4D {
  return tf.tidy(() => {
    const places = Array.from({ length: rows * columns }, (_, i) =>
      tf.slice4d(
        images,
        [0, Math.floor(i / columns) * stride, (i % columns) * stride, 0],
        [-1, size, size, -1],
      ),
    );
    return tf.concat(places, 0);
  });
}
