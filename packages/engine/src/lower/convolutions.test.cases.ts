import * as tf from "@tensorflow/tfjs";
import { conv2d } from "../ops/conv2d.ts";
import { attribute, rawOp } from "../ops/raw-op.ts";
import { random } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

type Image = tf.Tensor4D;
type Convolve = (image: Image, filter: Image) => Image;

/** A convolution with the gradients of both its arguments. */
function withGradients(name: string, image: number[], filter: number[], convolve: Convolve): OpCase {
  const compute = (x: Image, w: Image) => [
    convolve(x, w),
    ...tf.grads((...[a, b]: tf.Tensor[]) => tf.square(convolve(a as Image, b as Image)))([x, w]),
  ];
  return { name, inputs: [random(image), random(filter)], compute, within: 2e-6, sums: true };
}

export const convolutions: OpCases = {
  "convolutions and both gradients agree over filters, strides and paddings"() {
    const cases = [[1, 1], [3, 3], [2, 3]].flatMap(([height, width]) =>
    [1, 2].flatMap((stride) =>
      (["same", "valid"] as const).map((padding) =>
        withGradients(
          `${height} x ${width}, stride ${stride}, ${padding}`,
          [2, 7, 6, 3],
          [height!, width!, 3, 4],
          // oneDNN's filter gradient of a 1x1 convolution with a stride is wrong at times: see ops/conv2d.ts.
          (x, w) => tf.conv2d(x, w, height === 1 ? 1 : stride, padding),
        ),
      ),
    ),
  ); // prettier-ignore

    return cases;
  },
  "convolutions with padding on all sides agree, as encoders use them"() {
    const cases = [[3, 1, 1], [3, 2, 1], [7, 2, 3], [1, 2, 0], [2, 1, 2]].flatMap(([size, stride, padding]) =>
    [8, 5, 1].filter((length) => length + 2 * padding! >= size!).map((length) =>
      withGradients(
        `${size}, stride ${stride}, padding ${padding}, ${length} pixels`,
        [2, length, length, 2],
        [size!, size!, 2, 3],
        (x, w) => conv2d(x, w, { stride: stride!, padding: padding! }),
      ),
    ),
  ); // prettier-ignore

    return cases;
  },
  "convolutions in groups and both gradients agree"() {
    const cases = [1, 2].flatMap((stride) =>
      [2, 3, 6].map((groups) =>
        withGradients(`${groups} groups, stride ${stride}`, [2, 7, 6, 6], [3, 3, 6 / groups, 12], (x, w) =>
          conv2d(x, w, { stride, padding: 1 }),
        ),
      ),
    );

    return cases;
  },
  "filters with holes agree"() {
    const cases = [2, 3].flatMap((dilation) =>
      (["same", "valid"] as const).map((padding): OpCase => {
        const compute = (x: Image, w: Image) => tf.conv2d(x, w, 1, padding, "NHWC", dilation);
        const inputs = [random([1, 9, 8, 2]), random([3, 2, 2, 3])];
        return { name: `dilation ${dilation}, ${padding}`, inputs, compute, within: 1e-6, sums: true };
      }),
    );

    return cases;
  },
  "depthwise convolutions and both gradients agree"() {
    const cases = [1, 2].flatMap((each) =>
      [1, 2].flatMap((stride) =>
        (["same", "valid"] as const).map((padding) =>
          withGradients(
            `${each} a channel, stride ${stride}, ${padding}`,
            [2, 6, 5, 3],
            [3, 2, 3, each],
            (x, w) => tf.depthwiseConv2d(x, w, stride, padding),
          ),
        ),
      ),
    );
    const dilated: OpCase = {
      name: "dilation 2",
      inputs: [random([1, 7, 7, 2]), random([3, 3, 2, 2])],
      compute: (x: Image, w: Image) => tf.depthwiseConv2d(x, w, 1, "same", "NHWC", 2),
      within: 1e-6,
      sums: true,
    };

    return [...cases, dilated];
  },
  "products of matrices agree over ranks, transposes and broadcast batches"() {
    const pairs: [number[], number[]][] = [
    [[2, 3], [3, 4]],
    [[1, 1], [1, 1]],
    [[0, 3], [3, 2]],
    [[2, 0], [0, 3]],
    [[2, 3, 4], [2, 4, 5]],
    [[1, 3, 4], [5, 4, 2]],
    [[5, 3, 4], [1, 4, 2]],
    [[2, 3, 4], [4, 5]],
    [[2, 1, 3, 4], [3, 4, 2]],
  ]; // prettier-ignore
    const turned = (shape: number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
    const cases = pairs.flatMap(([a, b]) =>
      [0, 1, 2, 3].map((i): OpCase => {
        const [turnA, turnB] = [i % 2 === 1, i > 1];
        const attributes = {
          T: attribute.type("float32"),
          adj_x: attribute.bool(turnA),
          adj_y: attribute.bool(turnB),
        };
        const compute = (x: tf.Tensor, y: tf.Tensor) => rawOp("BatchMatMulV2", attributes, [x, y], 1)[0]!;
        const inputs = [random(turnA ? turned(a) : a), random(turnB ? turned(b) : b)];
        return { name: `[${a.join()}] [${b.join()}] ${i}`, inputs, compute, within: 1e-6, sums: true };
      }),
    );
    const attention: OpCase = {
      name: "attention of two heads",
      inputs: [random([2, 5, 8]), random([8, 24])],
      compute: (x: tf.Tensor3D, w: tf.Tensor2D) => {
        const all = tf.reshape(tf.matMul(tf.reshape<tf.Rank.R2>(x, [10, 8]), w), [2, 5, 3, 2, 4]);
        const [q, k, v] = tf.unstack(tf.transpose(all, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const shares = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 0.5));
        return tf.reshape(tf.transpose(tf.matMul(shares, v), [0, 2, 1, 3]), [2, 5, 8]);
      },
      within: 2e-6,
      sums: true,
    };

    return [...cases, attention];
  },
};
