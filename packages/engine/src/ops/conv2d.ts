import * as tf from "@tensorflow/tfjs";

import { padded, type Sides } from "../shapes/sides.ts";
import { nativeBackend } from "../tfjs-internals.ts";
import { differentiable } from "./differentiable.ts";
import { everyNthPixel } from "./every-nth-pixel.ts";
import { type Attribute, attribute, rawOp } from "./raw-op.ts";
import { shapeTensor } from "./shape-tensor.ts";

export interface Conv2dOptions {
  /** Step between two outputs along height and width, in pixels. Default 1. */
  readonly stride?: number;
  /**
   * Width of the zeros on all four sides, in pixels, as in PyTorch. Default 0. TensorFlow's "SAME" pads only
   * one side for stride 2.
   */
  readonly padding?: number;
}

/**
 * 2-D convolution (cross-correlation) with PyTorch's symmetric padding.
 *
 *     y[n, i, j, o] = sum_{a, b, c} x[n, stride * i + a - padding, stride * j + b - padding, c]
 *                                      * filter[a, b, c, o]
 *
 * A filter for a part of the channels, C / g of them, is a convolution in g groups: the first C / g channels
 * make the first O / g of the result, and so on.
 *
 * @param x `[N, H, W, C]` float32.
 * @param filter `[height, width, C, O]` float32, `[height, width, C / g, O]` for g groups.
 * @returns `[N, H', W', O]` with `H' = floor((H + 2 padding - height) / stride) + 1`. The caller owns it.
 */
export function conv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride = 1, padding = 0 }: Conv2dOptions = {},
): tf.Tensor4D {
  // In TensorFlow 2.21, oneDNN's filter gradient of a 1x1 convolution with a stride writes beyond its memory,
  // which gives wrong values at times and corrupts the heap. A convolution without a stride on every n-th
  // pixel is equal, and safe.
  if (filter.shape[0] === 1 && filter.shape[1] === 1 && padding === 0 && stride > 1) {
    return conv2d(everyNthPixel(x, stride), filter);
  }
  const attributes: Record<string, Attribute> = {
    T: attribute.type("float32"),
    strides: attribute.ints([1, stride, stride, 1]),
    data_format: attribute.text("NHWC"),
    ...windowPadding(filter.shape[0], stride, padding),
  };
  const [y] = differentiable({
    inputs: { x, filter },
    forward: (save) => {
      save([x, filter]);
      return rawOp("Conv2D", attributes, [x, filter], 1);
    },
    gradients: ([dy], [input, weights]) => {
      const { around, paddedShape, valid } = explicitly(input!.shape, filter.shape[0], dy!.shape, {
        stride,
        padding,
      });
      return {
        x() {
          const shape = shapeTensor(paddedShape);
          const [dx] = rawOp("Conv2DBackpropInput", { ...attributes, ...valid }, [shape, weights!, dy!], 1);
          return cutOff(dx!, around, input!.shape);
        },
        filter() {
          const widened = padWithZeros(input!, around);
          const shape = shapeTensor(weights!.shape);
          return rawOp("Conv2DBackpropFilter", { ...attributes, ...valid }, [widened, shape, dy!], 1)[0]!;
        },
      };
    },
  });
  return y as tf.Tensor4D;
}

const NO_SIDES: Sides = [0, 0];

/**
 * Explicit zeros around the image, and a convolution without padding, for gradients with a padding that
 * TensorFlow has no name for. oneDNN has no gradients for explicit padding, and TensorFlow's own take three
 * times as long. On a GPU this is not needed.
 */
function explicitly(
  image: readonly number[],
  size: number,
  output: readonly number[],
  { stride, padding }: Required<Conv2dOptions>,
) {
  const named = !("explicit_paddings" in windowPadding(size, stride, padding));
  if (named || nativeBackend().isUsingGpuDevice)
    return { around: [NO_SIDES, NO_SIDES], paddedShape: image, valid: {} };
  const around = [1, 2].map((axis): Sides => {
    const seen = (output[axis]! - 1) * stride + size;
    return [padding, Math.max(0, seen - image[axis]! - padding)];
  });
  return {
    around,
    paddedShape: padded(image, [NO_SIDES, ...around, NO_SIDES]),
    valid: { padding: attribute.text("VALID"), explicit_paddings: attribute.ints([]) },
  };
}

const isNothing = (around: readonly Sides[]) => around.every(([before, after]) => before + after === 0);

function padWithZeros(x: tf.Tensor, around: readonly Sides[]): tf.Tensor {
  if (isNothing(around)) return x;
  const paddings = tf.tensor2d([NO_SIDES, ...around, NO_SIDES] as [number, number][], [4, 2], "int32");
  return rawOp(
    "Pad",
    { T: attribute.type("float32"), Tpaddings: attribute.type("int32") },
    [x, paddings],
    1,
  )[0]!;
}

function cutOff(x: tf.Tensor, around: readonly Sides[], shape: readonly number[]): tf.Tensor {
  if (isNothing(around)) return x;
  const begin = shapeTensor([0, ...around.map(([before]) => before), 0]);
  return rawOp(
    "Slice",
    { T: attribute.type("float32"), Index: attribute.type("int32") },
    [x, begin, shapeTensor(shape)],
    1,
  )[0]!;
}

/**
 * The attributes for a padding of `padding` zeros on all sides, for a window of `size` pixels.
 *
 * TensorFlow's named paddings are used where they are equal: oneDNN has faster kernels for them than for
 * explicit padding.
 */
export function windowPadding(size: number, stride: number, padding: number): Record<string, Attribute> {
  if (padding === 0) return { padding: attribute.text("VALID") };
  if (stride === 1 && size === 2 * padding + 1) return { padding: attribute.text("SAME") };
  return {
    padding: attribute.text("EXPLICIT"),
    explicit_paddings: attribute.ints([0, 0, padding, padding, padding, padding, 0, 0]),
  };
}
