import * as tf from "@tensorflow/tfjs";

/*
 * A 3x3 convolution small enough for its result to be known in closed form, with all entries different:
 *
 *     x[p, q] = 4 p + q  (4x4)      w[a, b] = 3 a + b  (3x3)      y = x * w without padding  (2x2)
 *     y[i, j]          = sum_ab (4 (i + a) + j + b) (3 a + b) = 258 + 36 (4 i + j)
 *     dw = d sum(y)/dw = sum_ij (4 (i + a) + j + b)           = 16 a + 4 b + 10
 *     dx = d sum(y)/dx = sum over the a in A(p), b in A(q) of 3 a + b, where A(p) holds the rows of w that
 *     reach x[p]
 */
const Y = [0, 1].flatMap((i) => [0, 1].map((j) => 258 + 36 * (4 * i + j)));
const DW = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => 16 * a + 4 * b + 10));
const REACHING = [[0], [0, 1], [1, 2], [2]];
const DX = REACHING.flatMap((rows) =>
  REACHING.map((columns) =>
    rows.reduce((sum, a) => sum + columns.reduce((inner, b) => inner + 3 * a + b, 0), 0),
  ),
);

/**
 * Largest deviation of TensorFlow's convolution and its gradients from the closed form; 0 is correct, all are
 * whole numbers.
 */
export function convolutionError(): number {
  return tf.tidy(() => {
    const x = tf.range(0, 16).reshape<tf.Tensor4D>([1, 4, 4, 1]);
    const w = tf.range(0, 9).reshape<tf.Tensor4D>([3, 3, 1, 1]);
    const convolve = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "valid");
    const [dx, dw] = tf.grads(convolve)([x, w]);
    return Math.max(deviation(convolve(x, w), Y), deviation(dx!, DX), deviation(dw!, DW));
  });
}

const deviation = (got: tf.Tensor, want: readonly number[]): number =>
  Math.max(...Array.from(got.dataSync(), (value, i) => Math.abs(value - want[i]!)));
