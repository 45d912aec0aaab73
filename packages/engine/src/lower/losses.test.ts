import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import type { HostTensor } from "../compile/data-types.ts";
import { recordStep } from "../compile/record.ts";
import { attribute, rawOp } from "../ops/raw-op.ts";
import { startEngine } from "../start.ts";
import { cpuPlugin } from "../testing/index.ts";
import { floats, indices, integers, random } from "./host-tensors.test.helper.ts";
import { lowerStep } from "./module.ts";
import { onCpuPlugin } from "./on-cpu-plugin.test.helper.ts";
import { differences, type OpCase } from "./op-cases.test.helper.ts";

beforeAll(() => startEngine({ device: "cpu" }));
const file = await cpuPlugin();

const T = { T: attribute.type("float32") };
const crossEntropy = (logits: tf.Tensor, targets: tf.Tensor) =>
  rawOp("SoftmaxCrossEntropyWithLogits", T, [logits, targets], 2);
const sparse = (logits: tf.Tensor, classes: tf.Tensor) =>
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

it.skipIf(file === undefined)(
  "softmax and both cross-entropies agree with TensorFlow's kernels",
  async () => {
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
    expect(await differences(file!, cases.map((each) => ({ ...each, within, sums: true })))).toEqual([]); // prettier-ignore
  },
);

it.skipIf(file === undefined)("a class without a share costs nothing, however unlikely it is", async () => {
  const inputs = { x: floats([-Infinity, 1, 2], [1, 3]), targets: floats([0, 1, 0], [1, 3]) };
  const step = ({ x, targets }: Readonly<Record<string, tf.Tensor>>) => ({
    loss: crossEntropy(x!, targets!)[0]!,
  });
  const program = await onCpuPlugin(file!, lowerStep(recordStep(step, inputs, {})));
  const [loss] = await program.run([inputs.x, inputs.targets]);
  await program.close();
  expect(loss!.values[0]).toBeCloseTo(Math.log(1 + Math.E), 6);
});

it.skipIf(file === undefined)("a number that is no class makes its row NaN, and no other", async () => {
  const inputs: Record<string, HostTensor> = { x: random([3, 4]), classes: integers([1, 4, -1]) };
  const step = ({ x, classes }: Readonly<Record<string, tf.Tensor>>) => {
    const [loss, gradient] = sparse(x!, classes!);
    return { loss: loss!, gradient: gradient! };
  };
  const program = await onCpuPlugin(file!, lowerStep(recordStep(step, inputs, {})));
  const [loss, gradient] = await program.run([inputs["x"]!, inputs["classes"]!]);
  await program.close();
  expect(Array.from(loss!.values, Number.isNaN)).toEqual([false, true, true]);
  expect(Array.from(gradient!.values, Number.isNaN)).toEqual(
    [4, 8].flatMap((n) => Array<boolean>(n).fill(n === 8)),
  );
});
