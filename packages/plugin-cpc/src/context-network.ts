import { dense, type Mode, relu, type Scope } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

export interface ContextNetworkOptions {
  /** Length of a patch's encoding, D. */
  readonly features: number;
  /** Channels within a block. */
  readonly width: number;
  readonly blocks: number;
}

/** Encodings `[B, H, W, D]` to contexts of the same shape, which the caller owns. */
export type ContextNetwork = (encodings: tf.Tensor4D) => tf.Tensor4D;

/** There is no batch norm in it, so the mode makes no difference. */
const MODE: Mode = { training: true, batchNormGroups: 1 };

/**
 * The masked convolutional network that makes a context of the patches above a place, a small PixelCNN. The
 * context in row r and column c sees encodings of row r and rows above alone, in columns that are as far away
 * as there are blocks; those of rows below never reach it.
 *
 *     c     = encodings
 *     c_i+1 = c_i + conv1x1(relu(conv2x1(conv1x3(relu(conv1x1(c_i))))))        for each block
 *     out   = relu(c)
 *
 * conv1x3 looks at the neighbours left and right, zero beyond the border; conv2x1 at the place and the one
 * above, zero above the first row. All have a bias, and start as PyTorch's layers do. A convolution's weight
 * is kept as `[taps * from, to]`, tap by tap from the left or from above.
 *
 * Reference: Hénaff et al. 2020, https://arxiv.org/abs/1905.09272, appendix A.2, pixelCNN.
 *
 * @param scope where the blocks get their parameters, "0.conv1.weight" and so on.
 *
 * Memory: frees its intermediates.
 */
export function contextNetwork(
  scope: Scope,
  { features, width, blocks }: ContextNetworkOptions,
): ContextNetwork {
  const each = Array.from({ length: blocks }, (_, i) =>
    contextBlock(scope.child(String(i)), features, width),
  );
  return (encodings) => tf.tidy(() => relu(each.reduce((c, block) => tf.add(c, block(c)), encodings)));
}

type GridLayer = (grid: tf.Tensor4D) => tf.Tensor4D;

function contextBlock(scope: Scope, features: number, width: number): GridLayer {
  const inward = atEachPlace(scope, "conv1", features, width);
  const sideways = atEachPlace(scope, "conv2", 3 * width, width);
  const downward = atEachPlace(scope, "conv3", 2 * width, width);
  const outward = atEachPlace(scope, "conv4", width, features);
  return (c) => outward(relu(downward(withAbove(sideways(withBeside(relu(inward(c))))))));
}

/** A 1x1 convolution. */
function atEachPlace(scope: Scope, name: string, from: number, to: number): GridLayer {
  const layer = dense(scope, name, { from, to });
  return (grid) => {
    const [b, h, w, c] = grid.shape;
    return tf.reshape(layer(tf.reshape(grid, [b * h * w, c]), MODE), [b, h, w, to]);
  };
}

/** Channels of the place on the left, of the place itself and of that on the right. */
function withBeside(grid: tf.Tensor4D): tf.Tensor4D {
  const [, , w] = grid.shape;
  const wide = tf.pad(grid, [[0, 0], [0, 0], [1, 1], [0, 0]]); // prettier-ignore
  return tf.concat(
    [0, 1, 2].map((at) => tf.slice4d(wide, [0, 0, at, 0], [-1, -1, w, -1])),
    3,
  );
}

/** Channels of the place above and of the place itself. */
function withAbove(grid: tf.Tensor4D): tf.Tensor4D {
  const [, h] = grid.shape;
  const high = tf.pad(grid, [[0, 0], [1, 0], [0, 0], [0, 0]]); // prettier-ignore
  return tf.concat([tf.slice4d(high, [0, 0, 0, 0], [-1, h, -1, -1]), grid], 3);
}
