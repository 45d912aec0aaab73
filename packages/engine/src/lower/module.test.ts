import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import type { Step } from "../compile/compiled-step.ts";
import { computeFirst } from "../compile/compute-first.ts";
import { inBfloat16 } from "../compile/mixed-precision.ts";
import { createProgram } from "../compile/program.ts";
import { type Recording, recordStep } from "../compile/record.ts";
import { EngineError } from "../errors.ts";
import { batchNormTraining } from "../ops/batch-norm.ts";
import type { BatchNormState } from "../ops/batch-norm-state.ts";
import { conv2d } from "../ops/conv2d.ts";
import { globalAveragePool } from "../ops/global-average-pool.ts";
import { maxPool2d } from "../ops/max-pool2d.ts";
import { attribute, rawOp } from "../ops/raw-op.ts";
import { relu } from "../ops/relu.ts";
import { startEngine } from "../start.ts";
import { sizeOf } from "../shapes/shape.ts";
import { cpuPlugin, fill, relativeError } from "../testing/index.ts";
import { floats, integers, random } from "./host-tensors.test.data.ts";
import { type LowerOptions, lowerStep } from "./module.ts";
import { type DeviceArray, onCpuPlugin } from "./on-cpu-plugin.test.data.ts";

beforeAll(() => startEngine({ device: "cpu" }));
const file = await cpuPlugin();

/** Runs a recording once. */
async function run(
  recording: Recording,
  given: readonly DeviceArray[],
  options?: LowerOptions,
): Promise<DeviceArray[]> {
  const program = await onCpuPlugin(file!, lowerStep(recording, options));
  const results = await program.run(given);
  await program.close();
  return results;
}

/** The text without the spaces that begin its lines. */
const linesOf = (text: string): string[] => text.split("\n").map((line) => line.trim());

/** Makes variables, records a step over them, and frees them. */
function recorded(
  values: Readonly<Record<string, number[]>>,
  inputs: Parameters<typeof recordStep>[1],
  step: (state: Readonly<Record<string, tf.Variable>>) => Step,
): Recording {
  const state = Object.fromEntries(
    Object.entries(values).map(([name, numbers]) => [name, tf.variable(tf.tensor1d(numbers))]),
  );
  try {
    return recordStep(step(state), inputs, state);
  } finally {
    tf.dispose(state);
  }
}

describe("a lowered step", () => {
  const inputs = { unused: floats([7]), x: floats([1, 2]) };
  const moving = () =>
    recorded({ untouched: [0], read: [3, 4], moved: [10, 20] }, inputs, ({ read, moved }) => ({ x }) => {
      moved!.assign(tf.add(moved!, x!));
      return { product: tf.mul(x!, read!), sum: tf.sum(moved!) };
    });

  it("takes all inputs, then the state that it reads; gives outputs, then the state that it assigns", () => {
    const lowered = lowerStep(moving());
    expect(lowered.arguments).toEqual([
      { kind: "input", place: 0, dtype: "float32", shape: [1] },
      { kind: "input", place: 1, dtype: "float32", shape: [2] },
      { kind: "state", place: 1, dtype: "float32", shape: [2] },
      { kind: "state", place: 2, dtype: "float32", shape: [2] },
    ]);
    expect(lowered.results).toEqual([
      { kind: "output", place: 0, dtype: "float32", shape: [2] },
      { kind: "output", place: 1, dtype: "float32", shape: [] },
      { kind: "state", place: 2, dtype: "float32", shape: [2] },
    ]);
    expect(lowered.donated).toEqual([3]);
    expect(linesOf(lowered.text)).toContain(
      "func.func public @main(%arg0: tensor<1xf32>, %arg1: tensor<2xf32>, %arg2: tensor<2xf32>, " +
        "%arg3: tensor<2xf32> {tf.aliasing_output = 2 : i32}) -> " +
        "(tensor<2xf32>, tensor<f32>, tensor<2xf32>) {",
    );
  });

  it.skipIf(file === undefined)("computes what it says", async () => {
    const given = [inputs.unused, inputs.x, floats([3, 4]), floats([10, 20])];
    const results = await run(moving(), given);
    expect(results.map(({ values }) => Array.from(values))).toEqual([[3, 8], [33], [11, 22]]);
  });

  it.skipIf(file === undefined)("computes in float64 where it is asked to", async () => {
    const recording = recordStep(({ x }) => ({ third: tf.div(x!, 3) }), { x: floats([1]) }, {});
    const [third] = await run(recording, [{ values: Float64Array.of(1), shape: [1] }], { double: true });
    expect(Array.from(third!.values)).toEqual([1 / 3]);
  });

  it("names the op and the user's line of what it cannot lower", () => {
    const recording = recordStep(
      ({ x }) => ({
        y: tf.image.cropAndResize(x as tf.Tensor4D, [[0, 0, 1, 1]], tf.tensor1d([0], "int32"), [2, 2]),
      }),
      { x: random([1, 3, 3, 1]) },
      {},
    );
    const error = thrown(() => lowerStep(recording));
    expect(error.code).toBe("OP_NOT_SUPPORTED");
    expect(error.message).toMatch(
      /^The op CropAndResize \(at .*module\.test\.ts:\d+:\d+\) has no form for accelerators yet\. Use other/,
    );
  });

  it("refuses a shape that depends on values", () => {
    const step: Step = ({ x, shape }) => ({
      y: rawOp("TopKV2", { T: attribute.type("float32") }, [x!, tf.squeeze(shape!)], 2)[0]!,
    });
    // TensorFlow infers no shape there either, so that the recording is made by hand.
    const recording = recordStep(
      ({ x }) => step({ x: x!, shape: tf.tensor1d([1], "int32") }),
      { x: floats([1, 2]) },
      {},
    );
    const nodes = recording.nodes.map((node) =>
      node.op === "TopKV2" ? { ...node, input: [node.input[0]!, "in0"] } : node,
    );
    expect(thrown(() => lowerStep({ ...recording, nodes })).message).toContain(
      "takes argument 2 from computed values",
    );
  });
});

function thrown(act: () => unknown): EngineError {
  try {
    act();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("what is computed first", () => {
  const inputs = { a: floats([1, 2]), b: integers([3, 4]) };
  const recording = () =>
    recorded({ w: [2, 3] }, inputs, ({ w }) => ({ a, b }) => {
      const first = tf.sum(tf.mul(a!, w!));
      computeFirst([first]);
      return { both: tf.add(first, tf.sum(tf.mul(tf.cast(b!, "float32"), w!))) };
    });

  it.each([
    ["float32", (made: Recording) => made],
    ["bfloat16", inBfloat16],
  ])("passes a barrier with what must wait for it, in %s", (_, precise) => {
    const { text } = lowerStep(precise(recording()));
    const barrier = /(%\d+):(\d+) = stablehlo.optimization_barrier (.*) : (.*)/.exec(text)!;
    expect(barrier[4]).toBe("tensor<f32>, tensor<2xi32>"); // the first sum, and the input of what comes later
    expect(barrier[3]!.split(", ")[1]).toBe("%arg1");
    // From there on both are read from the barrier.
    const after = text.slice(text.indexOf(barrier[0]) + barrier[0].length);
    expect(after).toContain(`stablehlo.convert ${barrier[1]}#1`);
    expect(after).toContain(`stablehlo.add ${barrier[1]}#0`);
    expect(after).not.toContain("%arg1");
  });

  it.skipIf(file === undefined)("leaves the result as it is", async () => {
    const [both] = await run(recording(), [inputs.a, inputs.b, floats([2, 3])]);
    expect(Array.from(both!.values)).toEqual([1 * 2 + 2 * 3 + 3 * 2 + 4 * 3]);
  });
});

describe("products in TensorFloat-32", () => {
  const inputs = { x: random([4, 3]), image: random([1, 4, 4, 2]) };
  const precisions = (options: LowerOptions) => {
    const state = { weight: tf.variable(tf.ones([3, 5])), queue: tf.variable(tf.ones([6, 5])) };
    const step: Step = ({ x, image }) => {
      const loss = () => {
        const rows = tf.matMul(x as tf.Tensor2D, state.weight);
        const logits = tf.matMul(tf.relu(rows), state.queue, false, true);
        return tf.mean<tf.Scalar>(tf.neg(tf.logSoftmax(tf.div(logits, 0.2))));
      };
      const { value, grads } = tf.variableGrads(loss, [state.weight]);
      const features = tf.conv2d(image as tf.Tensor4D, tf.ones([1, 1, 2, 2]), 1, "same");
      return { value, weight: Object.values(grads)[0]!, features };
    };
    try {
      const { text } = lowerStep(recordStep(step, inputs, state), options);
      const product = /stablehlo\.(dot_general|convolution).*?(HIGHEST|DEFAULT)/g;
      return Array.from(text.matchAll(product), ([, op, precision]) => `${op} ${precision}`);
    } finally {
      tf.dispose(Object.values(state));
    }
  };

  it("has all bits everywhere without the option", () => {
    expect(precisions({})).toEqual([
      "dot_general HIGHEST", // x · weight
      "dot_general HIGHEST", // rows · queue
      "dot_general HIGHEST", // the gradient of rows
      "dot_general HIGHEST", // the gradient of the weight
      "convolution HIGHEST",
    ]);
  });

  it("has them with the option in logits and their gradients, not in layers of the network", () => {
    expect(precisions({ tensorFloat32: true })).toEqual([
      "dot_general DEFAULT",
      "dot_general HIGHEST",
      "dot_general HIGHEST",
      "dot_general DEFAULT",
      "convolution DEFAULT",
    ]);
  });
});

it.skipIf(file === undefined)("a step in bfloat16 is as near to float32 as TensorFlow's", async () => {
  // Many images, as in each of the two some maxima move to a neighbour, and the gradient with them.
  const shapes = [[64, 8, 8, 8], [3, 3, 8, 8], [8], [8], [8]];
  const drawn = shapes.map((shape, i) => ({ values: fill(`bfloat16 ${i}`, sizeOf(shape), 1), shape }));
  const values = [...drawn, floats([0.5, 0.8, 1.1, 0.3, 0.2, 0.9, 0.6, 1])];
  const inputs = Object.fromEntries(values.map((value, i) => [`${i}`, value]));
  const step: Step = (given) => {
    const [x, filter, gamma, beta, mean, variance] = values.map<tf.Tensor>((_, i) => given[`${i}`]!);
    const loss = (...[image, w]: tf.Tensor[]) => {
      const state = { gamma, beta, mean, variance } as unknown as BatchNormState;
      const convolved = conv2d(image as tf.Tensor4D, w as tf.Tensor4D, { padding: 1 });
      const { y } = batchNormTraining(convolved, state, { momentum: 0.1, epsilon: 1e-5 });
      return tf.sum(tf.square(globalAveragePool(maxPool2d(relu(y), { size: 3, stride: 2, padding: 1 }))));
    };
    const { value, grads } = tf.valueAndGrads(loss)([x!, filter!]);
    return { value, image: grads[0]!, filter: grads[1]! };
  };
  const recording = recordStep(step, inputs, {});
  const [short, whole] = [await run(inBfloat16(recording), values), await run(recording, values)];
  const program = createProgram({ state: {}, mode: "graph", precision: "bfloat16" });
  const theirs = await program.compile("step", step).run(inputs);
  await program.dispose();
  for (const [i, { name }] of recording.outputs.entries()) {
    const [ours, scale] = [short[i]!, theirs[name]!].map((each) =>
      relativeError(each.values, whole[i]!.values),
    );
    expect(ours, name).toBeLessThan(2 * scale! + 2 ** -8); // one bit of bfloat16
  }
});

describe.skipIf(file === undefined)("replicas", () => {
  const group = { group_size: attribute.int(2), group_key: attribute.int(1), instance_key: attribute.int(1) };
  const T = { T: attribute.type("float32") };
  /** The mean over replicas, and their rows. */
  const step: Step = ({ x }) => ({
    mean: rawOp(
      "CollectiveReduce",
      {
        ...T,
        ...group,
        merge_op: attribute.text("Add"),
        final_op: attribute.text("Div"),
        subdiv_offsets: attribute.ints([0]),
      },
      [tf.mul(x!, 2)],
      1,
    )[0]!,
  });

  it("join what each of them has", async () => {
    const recording = recordStep(step, { x: floats([0, 0]) }, {});
    const program = await onCpuPlugin(file!, lowerStep(recording, { replicas: 2 }), { replicas: 2 });
    const results = await program.runReplicas([[floats([1, 2])], [floats([3, 10])]]);
    await program.close();
    expect(results.map(([mean]) => Array.from(mean!.values))).toEqual([[4, 12], [4, 12]]); // prettier-ignore
  });
});
