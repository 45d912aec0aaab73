import * as tf from "@tensorflow/tfjs";
import { attribute, rawOp } from "../ops/raw-op.ts";
import { floats, indices, integers, random } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

const T = { T: attribute.type("float32") };
export const crossEntropy = (logits: tf.Tensor, targets: tf.Tensor) =>
  rawOp("SoftmaxCrossEntropyWithLogits", T, [logits, targets], 2);
export const sparse = (logits: tf.Tensor, classes: tf.Tensor) =>
  rawOp(
    "SparseSoftmaxCrossEntropyWithLogits",
    { ...T, Tlabels: attribute.type("int32") },
    [logits, classes],
    2,
  );
const logSoftmax = (x: tf.Tensor) => rawOp("LogSoftmax", T, [x], 1)[0]!;

/** Rows that need the largest taken away first, and rows where a class has no chance at all. */
const logits = floats(
  [
    [1, 2, 3],
    [1e4, 0, -1e4],
    [-1e9, -1e9, 0],
    [0, 0, 0],
    [-Infinity, 1, 2],
    [300, 299, -300],
  ].flat(),
  [6, 3],
);

export const losses: OpCases = {
  "softmax and both cross-entropies agree with TensorFlow's kernels"() {
    const shares = floats([0, 0, 1, 1, 0, 0, 0, 0.5, 0.5, 0.2, 0.3, 0.5, 0.5, 0.5, 0, 0, 0, 1], [6, 3]);
    const cases: OpCase[] = [
      { name: "softmax", inputs: [logits], compute: (x: tf.Tensor) => [tf.softmax(x), logSoftmax(x)] },
      {
        name: "of three axes",
        inputs: [random([2, 3, 4], 5)],
        compute: (x: tf.Tensor) => [
          tf.softmax(x),
          tf.logSoftmax(x),
          tf.grad((a) => tf.square(tf.softmax(a)))(x),
        ],
      },
      { name: "cross-entropy", inputs: [logits, shares], compute: crossEntropy },
      { name: "sparse", inputs: [logits, integers([0, 1, 2, 1, 2, 0])], compute: sparse },
      { name: "many classes", inputs: [random([5, 1000], 8), indices([5], 1000)], compute: sparse },
    ];
    const within = 2e-6;

    return cases.map((each) => ({ ...each, within, sums: true }));
  },
};
