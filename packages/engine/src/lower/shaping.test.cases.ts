import * as tf from "@tensorflow/tfjs";
import { integers, random } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

type One = tf.Tensor;
const on = (shape: number[], ops: Record<string, (x: never) => One | One[]>): OpCase[] =>
  Object.entries(ops).map(([name, compute]) => ({
    name: `${name} of [${shape.join()}]`,
    inputs: [random(shape)],
    compute,
  }));

export const shaping: OpCases = {
  "ops that move elements agree over ranks and sizes"() {
    const cases = [
    ...on([], {
      expandDims: (x: One) => tf.expandDims(x),
      tile: (x: One) => tf.tile(tf.reshape(x, [1]), [3]),
      stack: (x: One) => tf.stack([x, x]),
      fill: (x: One) => tf.broadcastTo(x, [2, 3]),
    }),
    ...on([2, 3], {
      reshape: (x: One) => tf.reshape(x, [3, -1]),
      transpose: (x: One) => tf.transpose(x),
      stack: (x: One) => tf.stack([x, tf.neg(x)], -1),
      unstack: (x: One) => tf.unstack(x, 1),
      concat: (x: One) => tf.concat([x, x, tf.neg(x)], 1),
      split: (x: One) => tf.split(x, [1, 2], 1),
      splitEvenly: (x: One) => tf.split(x, 2),
      reverse: (x: One) => tf.reverse(x, [0, -1]),
      tile: (x: One) => tf.tile(x, [2, 3]),
      pad: (x: One) => tf.pad(x, [[1, 0], [2, 3]], 7),
      slice: (x: One) => tf.slice(x, [1, 0], [-1, 2]),
      broadcastTo: (x: One) => tf.broadcastTo(x, [4, 2, 3]),
      squeeze: (x: One) => tf.squeeze(tf.expandDims(x, 1)),
    }),
    ...on([0, 4], {
      concat: (x: One) => tf.concat([x, x], 0),
      transpose: (x: One) => tf.transpose(x),
      tile: (x: One) => tf.tile(x, [2, 2]),
      pad: (x: One) => tf.pad(x, [[1, 1], [0, 0]]),
      reverse: (x: One) => tf.reverse(x, 1),
    }),
    ...on([2, 3, 4, 5], {
      transpose: (x: One) => tf.transpose(x, [2, 0, 3, 1]),
      reverse: (x: One) => tf.reverse(x, [1, 3]),
      slice: (x: One) => tf.slice(x, [0, 1, 2, 0], [2, 1, 2, 5]),
      reflect: (x: One) => tf.mirrorPad(x, [[0, 0], [1, 2], [3, 0], [0, 0]], "reflect"),
      symmetric: (x: One) => tf.mirrorPad(x, [[1, 2], [0, 3], [0, 0], [5, 1]], "symmetric"),
      tile: (x: One) => tf.tile(x, [1, 2, 1, 3]),
    }),
    ...on([4, 6, 8], {
      space: (x: One) => tf.spaceToBatchND(tf.expandDims(x, 3), [2, 4], [[0, 0], [0, 0]]),
      paddedSpace: (x: One) => tf.spaceToBatchND(tf.expandDims(x, 3), [2, 3], [[1, 1], [1, 0]]),
      batch: (x: One) => tf.batchToSpaceND(tf.expandDims(x, 3), [2, 2], [[1, 0], [0, 2]]),
      depth: (x: One) => tf.depthToSpace(tf.expandDims<tf.Tensor4D>(x, 0), 2),
    }),
    ...on([3], { diag: (x: One) => tf.diag(x) }),
    ...on([2, 2], { diag: (x: One) => tf.diag(x) }),
  ]; // prettier-ignore

    return cases;
  },
  "slices with strides agree, by every mask and backwards"() {
    const slices: [string, Parameters<typeof tf.stridedSlice> extends [unknown, ...infer R] ? R : never][] = [
    ["forwards", [[1, 0], [4, 5], [2, 3]]],
    ["backwards", [[3, -1], [0, -6], [-1, -2]]],
    ["from the start", [[9, 1], [3, 4], [1, 1], 1]],
    ["to the end", [[1, 1], [2, 2], [1, 2], 0, 3]],
    ["all backwards", [[0, 0], [0, 0], [-1, -2], 3, 3]],
    ["beyond the end", [[-9, 2], [9, 99], [2, 1]]],
    ["nothing", [[3, 2], [3, 2], [1, 1]]],
    ["one row", [[-1, 0], [0, 5], [1, 1], 0, 0, 0, 0, 1]],
    ["a new axis", [[0, 1, 0], [0, 3, 5], [1, 1, 2], 0, 0, 0, 1]],
    ["the last column", [[0, -1], [0, 0], [1, 1], 0, 0, 1, 0, 2]],
  ]; // prettier-ignore
    const cases = slices.map(([name, args]): OpCase => {
      return { name, inputs: [random([4, 5])], compute: (x: One) => tf.stridedSlice(x, ...args) };
    });

    return cases;
  },
  "tensors that are made from numbers agree"() {
    const input = integers([5]);
    const made: Record<string, () => One> = {
      range: () => tf.range(2, 11, 3, "int32"),
      linspace: () => tf.linspace(-1, 2, 7),
      zeros: () => tf.zeros([300]),
      ones: () => tf.ones([17, 17]),
      truths: () => tf.tensor([1, 0, 1], [3], "bool"),
      infinite: () => tf.tensor([Infinity, -Infinity, NaN, -0, 1e-30]),
    };
    const flat = (x: One) => tf.reshape(tf.cast(x, "float32"), [-1]);
    return Object.entries(made).map(([name, make]): OpCase => {
      const compute = (x: One) => tf.concat([flat(make()), flat(x)]);
      return { name, inputs: [input], compute, within: 2e-7 };
    });
  },
};
