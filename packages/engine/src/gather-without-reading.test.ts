import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { sizeOf } from "./shapes/shape.ts";
import { startEngine } from "./start.ts";
import { assertClose, fill, numericGradient, tensorsLeft } from "./testing/index.ts";
import { nativeBackend } from "./tfjs-internals.ts";

interface Case {
  readonly shape: readonly number[];
  readonly indices: readonly number[];
  readonly indexShape: readonly number[];
  readonly axis: number;
  readonly batchDims: number;
}
const cases: readonly Case[] = [
  { shape: [5], indices: [4, 0, 0], indexShape: [3], axis: 0, batchDims: 0 },
  { shape: [3, 4], indices: [2, 0, 2], indexShape: [3], axis: 0, batchDims: 0 },
  { shape: [3, 4], indices: [3, 1], indexShape: [2], axis: 1, batchDims: 0 },
  { shape: [2, 3, 4], indices: [1, 1, 0, 2], indexShape: [2, 2], axis: 1, batchDims: 0 },
  { shape: [2, 3, 4], indices: [3, 0], indexShape: [2], axis: -1, batchDims: 0 },
  { shape: [3, 4], indices: [3, 1, 0, 0, 2, 2], indexShape: [3, 2], axis: 1, batchDims: 1 },
  { shape: [2, 3, 4], indices: [2, 0, 1, 1], indexShape: [2, 2], axis: 1, batchDims: 1 },
];

const tensorOf = (x: ArrayLike<number>, shape: readonly number[]) =>
  tf.tensor(Float32Array.from(x), [...shape]);
const indexTensor = ({ indices, indexShape }: Case) => tf.tensor([...indices], [...indexShape], "int32");
const gather = (x: tf.Tensor, example: Case) =>
  tf.gather(x, indexTensor(example), example.axis, example.batchDims);

/**
 * y[outer, i, inner] = x[outer, indices[i], inner]; with a batch dimension, each of its rows has indices of
 * its own.
 */
function gatheredByHand(x: ArrayLike<number>, { shape, indices, axis, batchDims }: Case): number[] {
  const at = (axis + shape.length) % shape.length;
  const [outer, along, inner] = [sizeOf(shape.slice(0, at)), shape[at]!, sizeOf(shape.slice(at + 1))];
  const perOuter = batchDims === 0 ? indices.length : indices.length / outer;
  const y: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < perOuter; i++) {
      const index = indices[batchDims === 0 ? i : o * perOuter + i]!;
      for (let j = 0; j < inner; j++) y.push(x[(o * along + index) * inner + j]!);
    }
  }
  return y;
}

beforeAll(() => startEngine({ device: "cpu" }));
afterEach(() => vi.restoreAllMocks());

describe.each(cases)("gather from $shape by $indices, axis $axis, batchDims $batchDims", (example) => {
  const x = Float64Array.from(fill("x", sizeOf(example.shape), 2));

  it("takes the entries that the indices name", () => {
    const y = gather(tensorOf(x, example.shape), example);
    const outerShape = example.shape.slice(0, (example.axis + example.shape.length) % example.shape.length);
    const innerShape = example.shape.slice(outerShape.length + 1);
    expect(y.shape).toEqual([...outerShape, ...example.indexShape.slice(example.batchDims), ...innerShape]);
    assertClose(y, gatheredByHand(Float32Array.from(x), example), 0);
  });

  it("agrees with central differences in x", () => {
    const dy = fill("dy", gatheredByHand(x, example).length, 1);
    const weighed = (values: Float64Array) =>
      gatheredByHand(values, example).reduce((sum, value, i) => sum + value * dy[i]!, 0);
    const y = gather(tensorOf(x, example.shape), example);
    const dx = tf.grad((a) => gather(a, example))(tensorOf(x, example.shape), tf.tensor(dy, y.shape));
    expect(dx.shape).toEqual(example.shape);
    assertClose(dx, numericGradient(weighed, x, 1e-4), 1e-6);
  });
});

describe("gather", () => {
  it("keeps integers and booleans", () => {
    const indices = tf.tensor1d([1, 1, 0], "int32");
    const integers = tf.gather(tf.tensor1d([7, 2 ** 24 + 1], "int32"), indices);
    expect(integers.dataSync()).toEqual(Int32Array.of(2 ** 24 + 1, 2 ** 24 + 1, 7));
    const booleans = tf.gather(tf.tensor1d([true, false], "bool"), indices);
    expect([booleans.dtype, ...booleans.dataSync()]).toEqual(["bool", 0, 0, 1]);
  });

  it("reads no value back", () => {
    const [x, indices] = [tf.tensor1d([5, 6, 7]), tf.tensor1d([2, 1], "int32")];
    const reads = vi.spyOn(nativeBackend(), "readSync");
    const y = tf.gather(x, indices);
    expect(reads).not.toHaveBeenCalled();
    expect([...y.dataSync()]).toEqual([7, 6]);
    expect(reads).toHaveBeenCalledOnce();
  });

  it.each([3, -1])("refuses the index %d in TensorFlow's words", (index) => {
    const indices = tf.tensor1d([0, index], "int32");
    expect(() => tf.gather(tf.tensor1d([5, 6, 7]), indices)).toThrow(
      `indices[1] = ${index} is not in [0, 3)`,
    );
  });

  it("leaves one tensor, the result", () => {
    const [x, indices] = [tf.tensor1d([5, 6, 7]), tf.tensor1d([2, 1], "int32")];
    expect(tensorsLeft(() => tf.gather(x, indices))).toBe(1);
  });
});
