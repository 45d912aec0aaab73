import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { maxPool2d } from "../ops/max-pool2d.ts";
import { range } from "../range.ts";
import { startEngine } from "../start.ts";
import { cpuPlugin, fill } from "../testing/index.ts";
import { floats, indices, random, SPECIAL, tied } from "./host-tensors.test.data.ts";
import { differences, type OpCase } from "./op-cases.test.data.ts";

beforeAll(() => startEngine({ device: "cpu" }));
const file = await cpuPlugin();

const ROUNDS = 20;
type Image = tf.Tensor4D;
type Same = "same" | "valid";

/** Draws integers `from .. to`, other ones in each round. */
function draws(round: number) {
  let drawn = 0;
  const integer = (from: number, to: number): number => {
    const [value] = fill(`round ${round} ${drawn++}`, 1, 1) as unknown as [number];
    return from + Math.floor(((value + 1) / 2) * (to - from + 1));
  };
  const oneOf = <T>(values: readonly T[]): T => values[integer(0, values.length - 1)]!;
  const shape = (rank: number, from = 0, to = 5) => range(rank).map(() => integer(from, to));
  const axes = (rank: number) => range(rank).filter(() => integer(0, 1) === 1);
  return { integer, oneOf, shape, axes };
}
type Draws = ReturnType<typeof draws>;

/** Makers of cases; what they draw may be empty, of one element, or of rank 0. */
const MAKERS: Readonly<Record<string, (by: Draws) => Omit<OpCase, "name">>> = {
  broadcast({ integer, oneOf, shape }) {
    const whole = shape(integer(0, 4));
    const part = whole.slice(integer(0, whole.length)).map((n) => oneOf([n, 1]));
    const op = oneOf([tf.add, tf.sub, tf.mul, tf.maximum, tf.less, tf.notEqual, tf.squaredDifference]);
    const [first, second] = oneOf([true, false]) ? [whole, part] : [part, whole];
    return { inputs: [random(first), random(second)], compute: op };
  },
  special({ integer, oneOf }) {
    const values = () => floats(range(16).map(() => SPECIAL[integer(0, SPECIAL.length - 1)]!));
    const op = oneOf([tf.add, tf.mul, tf.div, tf.minimum, tf.greaterEqual, tf.mod, tf.floorDiv]);
    return { inputs: [values(), values()], compute: op };
  },
  reduction({ integer, oneOf, shape, axes }) {
    const given = shape(integer(0, 4));
    const [over, keep] = [axes(given.length), oneOf([true, false])];
    const op = oneOf([tf.sum, tf.mean, tf.max, tf.min, tf.prod]);
    const named = over.map((axis) => oneOf([axis, axis - given.length]));
    const compute = (x: tf.Tensor) => op(x, named, keep);
    return { inputs: [random(given)], compute, within: 2e-6, sums: true };
  },
  transpose({ integer, shape, oneOf }) {
    const given = shape(integer(1, 4));
    const order = range(given.length).sort(() => oneOf([-1, 1]));
    return { inputs: [random(given)], compute: (x: tf.Tensor) => tf.transpose(x, order) };
  },
  stridedSlice({ integer, shape, oneOf }) {
    const given = shape(integer(1, 4), 1);
    const each = (from: number, to: number) => given.map(() => integer(from, to));
    const strides = given.map(() => oneOf([-3, -2, -1, 1, 2, 3]));
    const [begin, end, masks] = [each(-6, 6), each(-6, 6), [integer(0, 15), integer(0, 15)] as const];
    const compute = (x: tf.Tensor) => tf.stridedSlice(x, begin, end, strides, ...masks);
    return { inputs: [random(given)], compute };
  },
  pad({ integer, shape, oneOf }) {
    const given = shape(integer(1, 4), 1);
    const sides = given.map((n): [number, number] => [integer(0, n - 1), integer(0, n - 1)]);
    const compute = oneOf([
      (x: tf.Tensor) => tf.pad(x, sides, 3),
      (x: tf.Tensor) => tf.mirrorPad(x, sides, "reflect"),
      (x: tf.Tensor) => tf.mirrorPad(x, sides, "symmetric"),
    ]);
    return { inputs: [random(given)], compute };
  },
  gather({ integer, shape }) {
    const given = shape(integer(1, 4), 1);
    const axis = integer(0, given.length - 1);
    const places = indices(shape(integer(0, 2)), given[axis]!);
    const compute = (x: tf.Tensor, at: tf.Tensor) => tf.gather(x, at, axis);
    return { inputs: [random(given), places], compute };
  },
  argument({ integer, shape }) {
    const given = shape(integer(1, 4), 1);
    const axis = integer(0, given.length - 1);
    return { inputs: [tied(given)], compute: (x: tf.Tensor) => [tf.argMax(x, axis), tf.argMin(x, axis)] };
  },
  cumulative({ integer, shape, oneOf }) {
    const given = shape(integer(1, 4));
    const [axis, exclusive, reverse] = [
      integer(0, given.length - 1),
      oneOf([true, false]),
      oneOf([true, false]),
    ];
    const compute = (x: tf.Tensor) => tf.cumsum(x, axis, exclusive, reverse);
    return { inputs: [random(given)], compute, within: 2e-6, sums: true };
  },
  convolution({ integer, oneOf }) {
    const [height, width, size, stride] = [integer(3, 9), integer(3, 9), integer(1, 3), integer(1, 3)];
    const [from, to] = [integer(1, 5), integer(1, 5)];
    const padding = oneOf<Same>(["same", "valid"]);
    const step = size === 1 ? 1 : stride;
    const convolve = (x: Image, w: Image) => tf.conv2d(x, w, step, padding);
    return withGradients([2, height, width, from], [size, size, from, to], convolve);
  },
  depthwise({ integer, oneOf }) {
    const [height, width, size, stride] = [integer(3, 9), integer(3, 9), integer(1, 3), integer(1, 3)];
    const [channels, each] = [integer(1, 4), integer(1, 3)];
    const padding = oneOf<Same>(["same", "valid"]);
    const convolve = (x: Image, w: Image) => tf.depthwiseConv2d(x, w, stride, padding);
    return withGradients([2, height, width, channels], [size, size, channels, each], convolve);
  },
  pooling({ integer, oneOf }) {
    const [size, stride] = [integer(1, 4), integer(1, 3)];
    const padding = oneOf<Same>(["same", "valid"]);
    const pool = oneOf([
      (x: Image) => tf.maxPool(x, size, stride, padding),
      (x: Image) => tf.avgPool(x, size, stride, padding),
      (x: Image) => maxPool2d(x, { size, stride, padding: Math.floor(size / 2) }),
    ]);
    const compute = (x: Image) => [pool(x), tf.grad((image) => tf.mul(pool(image as Image), 3))(x)];
    const image = [integer(1, 2), integer(4, 8), integer(4, 8), integer(1, 3)];
    return { inputs: [tied(image)], compute, within: 2e-6, sums: true };
  },
  product({ integer, oneOf }) {
    const [m, k, n] = [integer(0, 5), integer(0, 5), integer(0, 5)];
    const batch = range(integer(0, 2)).map(() => integer(1, 3));
    const [turnA, turnB] = [oneOf([true, false]), oneOf([true, false])];
    const a = [...batch, ...(turnA ? [k, m] : [m, k])];
    const b = [...batch, ...(turnB ? [n, k] : [k, n])];
    const compute = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, turnA, turnB);
    return { inputs: [random(a), random(b)], compute, within: 2e-6, sums: true };
  },
  softmax({ integer, shape }) {
    const compute = (x: tf.Tensor) => [tf.softmax(x), tf.logSoftmax(x)];
    return { inputs: [random(shape(integer(1, 3), 1), 20)], compute, within: 2e-6, sums: true };
  },
};

function withGradients(
  image: number[],
  filter: number[],
  convolve: (image: Image, filter: Image) => Image,
): Omit<OpCase, "name"> {
  const compute = (x: Image, w: Image) => [
    convolve(x, w),
    ...tf.grads((...[a, b]: tf.Tensor[]) => tf.square(convolve(a as Image, b as Image)))([x, w]),
  ];
  return { inputs: [random(image), random(filter)], compute, within: 4e-6, sums: true };
}

describe.skipIf(file === undefined)("lowered ops agree with TensorFlow's on whatever is drawn", () => {
  it.each(range(ROUNDS))("round %i", async (round) => {
    const by = draws(round);
    const cases = Object.entries(MAKERS).flatMap(([name, make]) =>
      range(4).map((i): OpCase => ({ name: `${name} ${i}`, ...make(by) })),
    );
    expect(await differences(file!, cases)).toEqual([]);
  });
});
