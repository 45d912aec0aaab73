import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { attribute, rawOp } from "../ops/raw-op.ts";
import { startEngine } from "../start.ts";
import { assertClose, fill } from "../testing/index.ts";
import type { Step } from "./compiled-step.ts";
import type { HostTensor, HostValues } from "./data-types.ts";
import { createProgram } from "./program.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const host = (values: HostValues, shape: readonly number[]): HostTensor => ({ values, shape });

/**
 * Ops whose recording differs: lists in and out, several outputs, every kind of attribute, ints, 64-bit
 * scalars, gradients.
 */
const ops: Record<string, (image: tf.Tensor4D, matrix: tf.Tensor2D, classes: tf.Tensor1D) => tf.Tensor> = {
  concat: (image) => tf.concat([image, tf.neg(image), image], 3),
  stack: (_, matrix) => tf.stack([matrix, tf.mul(matrix, 2)], 1),
  split: (_, matrix) => tf.sub(...(tf.split(matrix, 2, 1) as [tf.Tensor, tf.Tensor])),
  unstack: (_, matrix) => tf.unstack(matrix)[2]!,
  addN: (_, matrix) => tf.addN([matrix, matrix, tf.square(matrix)]),
  topk: (_, matrix) => tf.topk(matrix, 2).values,
  topkIndices: (_, matrix) => tf.topk(matrix, 2).indices,
  argMax: (_, matrix) => tf.argMax(matrix, 1),
  oneHot: (_, __, classes) => tf.oneHot(classes, 5),
  gather: (_, matrix, classes) => tf.gather(matrix, classes),
  where: (_, matrix) => tf.where(tf.greater(matrix, 0), matrix, tf.zerosLike(matrix)),
  pad: (image) =>
    tf.mirrorPad(
      image,
      [
        [0, 0],
        [1, 2],
        [2, 1],
        [0, 0],
      ],
      "reflect",
    ),
  slice: (image) => tf.slice(image, [0, 1, 2, 0], [-1, 3, 2, 1]),
  stridedSlice: (_, matrix) => tf.stridedSlice(matrix, [0, 3], [3, 0], [2, -1]),
  reverse: (_, matrix) => tf.reverse(matrix, 1),
  tile: (_, matrix) => tf.tile(matrix, [2, 1]),
  cumsum: (_, matrix) => tf.cumsum(matrix, 1, true, true),
  einsum: (_, matrix) => tf.einsum("ij,kj->ik", matrix, matrix),
  cast: (_, matrix) => tf.cast(tf.mul(matrix, 10), "int32"),
  all: (_, matrix) => tf.all(tf.less(matrix, 0), 0),
  softmax: (_, matrix) => tf.softmax(matrix),
  meanOfAll: (image) => tf.mean(image),
  conv2d: (image) =>
    tf.conv2d(
      image,
      tf.reshape<tf.Rank.R4>(tf.slice(image, [0, 0, 0, 0], [2, 2, 4, 2]), [2, 2, 2, 4]),
      2,
      "same",
    ),
  depthwise: (image) => tf.depthwiseConv2d(image, tf.ones([2, 2, 2, 1]), 1, "valid"),
  maxPool: (image) => tf.maxPool(image, 2, 2, "valid"),
  avgPoolGradient: (image) => tf.grad((x) => tf.avgPool(x as tf.Tensor4D, 3, 1, "same").square())(image),
  convGradient: (image) =>
    tf.grad((filter) => tf.conv2d(image, filter as tf.Tensor4D, 1, "same").square())(tf.ones([3, 3, 2, 1])),
  batchNorm: (image) => tf.batchNorm(image, [0.5, 0], [1, 2], [0, 1], [2, 3], 0.01),
  resize: (image) => tf.image.resizeBilinear(image, [7, 3], true),
  tensorScatterUpdate: (_, matrix, classes) =>
    tf.tensorScatterUpdate(matrix, tf.expandDims(classes, 1), tf.ones([3, 4])),
  unsortedSegmentSum: (_, matrix, classes) => tf.unsortedSegmentSum(matrix, classes, 4),
  int64: (_, matrix) =>
    rawOp(
      "ArgMax",
      { T: attribute.type("float32"), output_type: attribute.type("int32") },
      [matrix, tf.scalar(0, "int32")],
      1,
    )[0]!,
};

it.each(["graph", "xla"] as const)(
  "a recorded op computes in mode %s what it computes eagerly",
  async (mode) => {
    const inputs = {
      image: host(fill("image", 2 * 5 * 4 * 2, 1), [2, 5, 4, 2]),
      matrix: host(fill("matrix", 3 * 4, 2), [3, 4]),
      classes: host(Int32Array.of(2, 0, 1), [3]),
    };
    const step: Step = ({ image, matrix, classes }) =>
      Object.fromEntries(
        Object.entries(ops).map(([name, op]) => [
          name,
          op(image as tf.Tensor4D, matrix as tf.Tensor2D, classes as tf.Tensor1D),
        ]),
      );
    const [program, eager] = [
      createProgram({ state: {}, mode }),
      createProgram({ state: {}, mode: "eager" }),
    ];
    const got = await program.compile("ops", step).run(inputs);
    const want = await eager.compile("ops", step).run(inputs);
    expect(Object.keys(got)).toEqual(Object.keys(ops));
    for (const [name, { values, shape }] of Object.entries(want)) {
      expect([name, got[name]!.shape, got[name]!.values.constructor]).toEqual([
        name,
        shape,
        values.constructor,
      ]);
      assertClose(got[name]!.values, values, 1e-5, name);
    }
    await program.dispose();
  },
);
