import * as tf from "@tensorflow/tfjs";

/** Rows and columns of a grid of patches. */
export type Grid = readonly [rows: number, columns: number];

/** Keys' cubic with a = -1/2, which Pillow and PyTorch's antialiased interpolation use. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/**
 * What bicubic interpolation with antialiasing makes of `from` values in a row: `[to, from]`, each row of sum
 * 1. It is `torch.nn.functional.interpolate(mode="bicubic", antialias=True)` along one axis.
 *
 * @example
 * ```ts
 * bicubicWeights(2, 1); // => [[0.5, 0.5]]
 * ```
 */
export function bicubicWeights(from: number, to: number): readonly (readonly number[])[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const center = scale * (i + 0.5);
    const first = Math.max(0, Math.floor(center - 2 * stretch + 0.5));
    const end = Math.min(from, Math.floor(center + 2 * stretch + 0.5));
    const weights = Array.from({ length: from }, (_, j) =>
      j < first || j >= end ? 0 : cubic((j - center + 0.5) / stretch),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

/**
 * A grid of vectors in another size, by bicubic interpolation with antialiasing, as timm resamples position
 * embeddings.
 *
 * @param x `[from rows * from columns, D]`, row by row.
 * @returns `[to rows * to columns, D]`; the caller owns it. Gradients flow to x.
 */
export function resampledGrid(x: tf.Tensor2D, from: Grid, to: Grid): tf.Tensor2D {
  return tf.tidy(() => {
    const [down, across] = [0, 1].map((axis) =>
      tf.tensor2d(bicubicWeights(from[axis]!, to[axis]!) as number[][]),
    ) as [tf.Tensor2D, tf.Tensor2D];
    const dim = x.shape[1];
    const rows = tf.matMul(down, tf.reshape<tf.Rank.R2>(x, [from[0], from[1] * dim]));
    // Each row of the grid is multiplied from the left: columns come first for that.
    const columns = tf.transpose(tf.reshape(rows, [to[0], from[1], dim]), [1, 0, 2]);
    const both = tf.matMul(across, tf.reshape<tf.Rank.R2>(columns, [from[1], to[0] * dim]));
    return tf.reshape<tf.Rank.R2>(tf.transpose(tf.reshape(both, [to[1], to[0], dim]), [1, 0, 2]), [-1, dim]);
  });
}
