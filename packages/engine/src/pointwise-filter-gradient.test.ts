import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "./start.ts";
import { assertClose, fill, tensorsLeft } from "./testing/index.ts";

beforeAll(() => startEngine({ device: "cpu" }));

/** Filter gradient of sum(dy * y), in loops; double precision. */
function inLoops(x: tf.Tensor4D, dy: tf.Tensor4D, stride: number): number[] {
  const [count, , , from] = x.shape;
  const [, height, width, to] = dy.shape;
  const [xs, dys] = [x.arraySync(), dy.arraySync()];
  const gradient = new Array<number>(from * to).fill(0);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        for (let c = 0; c < from; c++)
          for (let o = 0; o < to; o++)
            gradient[c * to + o]! += xs[n]![i * stride]![j * stride]![c]! * dys[n]![i]![j]![o]!;
  return gradient;
}

describe("filter gradient of tfjs's own 1x1 convolutions", () => {
  it.each([
    { stride: 1, size: 6, pad: "same" },
    { stride: 2, size: 6, pad: "same" },
    { stride: 2, size: 7, pad: "valid" },
    { stride: 3, size: 8, pad: "same" },
  ] as const)(
    "is the sum over the pixels it sees: stride $stride, $size pixels, $pad",
    ({ stride, size, pad }) => {
      const small = Math.ceil(size / stride);
      const x = tf.tensor4d(fill("x", 2 * size * size * 5, 1), [2, size, size, 5]);
      const dy = tf.tensor4d(fill("dy", 2 * small * small * 3, 1), [2, small, small, 3]);
      const filter = tf.zeros<tf.Rank.R4>([1, 1, 5, 3]);
      const gradient = () => tf.grad((w) => tf.conv2d(x, w as tf.Tensor4D, stride, pad))(filter, dy);
      assertClose(gradient(), inLoops(x, dy, stride), 1e-5, "gradient");
      expect(tensorsLeft(() => gradient().dispose())).toBe(0);
    },
  );

  it("gives the same bits each time, in the shape of a shortcut of ResNet-20", () => {
    const x = tf.tensor4d(fill("x", 64 * 32 * 32 * 16, 1), [64, 32, 32, 16]);
    const dy = tf.tensor4d(fill("dy", 64 * 16 * 16 * 32, 1), [64, 16, 16, 32]);
    const gradient = () =>
      tf.tidy(() =>
        tf
          .grad((w) => tf.conv2d(x, w as tf.Tensor4D, 2, "same"))(tf.zeros([1, 1, 16, 32]), dy)
          .dataSync(),
      );
    const first = gradient();
    for (let i = 0; i < 5; i++) expect(gradient()).toEqual(first);
  });
});
