import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { batchNormTraining, conv2d, globalAveragePool, maxPool2d, relu } from "../ops/index.ts";
import { startEngine } from "../start.ts";
import { assertClose, compiledModes, fill } from "../testing/index.ts";
import type { HostTensors, Step } from "./compiled-step.ts";
import type { Precision } from "./mixed-precision.ts";
import { inBfloat16 } from "./mixed-precision.ts";
import { type CompileNotice, createProgram } from "./program.ts";
import { recordStep } from "./record.ts";

const MODES = await compiledModes();
beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(() => tf.disposeVariables());

const [BATCH, SIZE, CHANNELS, CLASSES, STEPS] = [8, 8, 4, 3, 20];

/** Convolution, batch norm, relu, poolings, a dense layer, mean square loss; gradients and SGD. */
function createNetwork(): { state: Record<string, tf.Variable>; step: Step } {
  const made = (name: string, shape: number[], scale: number, offset = 0) =>
    tf.variable(tf.tensor(fill(name, tf.util.sizeFromShape(shape), scale), shape).add(offset));
  const trained = {
    filter: made("filter", [3, 3, 3, CHANNELS], 0.5),
    gamma: made("gamma", [CHANNELS], 0.1, 1),
    beta: made("beta", [CHANNELS], 0.1),
    dense: made("dense", [CHANNELS, CLASSES], 0.5),
  };
  const mean = tf.variable(tf.zeros<tf.Rank.R1>([CHANNELS]));
  const variance = tf.variable(tf.ones<tf.Rank.R1>([CHANNELS]));
  const step: Step = ({ images, targets }) => {
    const loss = () => {
      const maps = conv2d(images as tf.Tensor4D, trained.filter as tf.Tensor4D, { padding: 1 });
      const { gamma, beta } = trained as unknown as Record<"gamma" | "beta", tf.Tensor1D>;
      const norm = batchNormTraining(maps, { gamma, beta, mean, variance }, { momentum: 0.1, epsilon: 1e-5 });
      mean.assign(norm.mean);
      variance.assign(norm.variance);
      const pooled = maxPool2d(relu(norm.y), { size: 3, stride: 2, padding: 1 });
      const features = globalAveragePool(pooled);
      const outputs = tf.matMul(features, trained.dense);
      return tf.mean<tf.Scalar>(tf.squaredDifference(outputs, targets!));
    };
    const { value, grads } = tf.variableGrads(loss, Object.values(trained));
    for (const each of Object.values(trained)) each.assign(tf.sub(each, tf.mul(grads[each.name]!, 0.1)));
    return { loss: value };
  };
  return { state: { ...trained, mean, variance }, step };
}

const inputs = (step: number): HostTensors => ({
  images: { values: fill(`x${step}`, BATCH * SIZE * SIZE * 3, 1), shape: [BATCH, SIZE, SIZE, 3] },
  targets: { values: fill(`t${step}`, BATCH * CLASSES, 1), shape: [BATCH, CLASSES] },
});

async function train(mode: (typeof MODES)[number], precision: Precision) {
  const { state, step } = createNetwork();
  const onNotice = (notice: CompileNotice) => {
    if (notice.kind === "fallback") throw new Error(notice.reason);
  };
  const program = createProgram({ state, mode, precision, onNotice });
  const compiled = program.compile("step", step);
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) losses.push((await compiled.run(inputs(i))).loss!.values[0]!);
  const filter = program.state.read("filter").values;
  await program.dispose();
  return { losses, filter };
}

describe("bfloat16", () => {
  it.each(MODES)("follows the loss of float32 to its own precision in mode %s", async (mode) => {
    const [short, full] = [await train(mode, "bfloat16"), await train(mode, "float32")];
    expect(short.losses).not.toEqual(full.losses);
    assertClose(short.losses, full.losses, 2 ** -7, "losses"); // 8 bits of mantissa
    assertClose(short.filter, full.filter, 2 ** -6, "filter");
  });

  it("holds convolutions and products, and what is between; statistics, loss, state and results stay float32", () => {
    const { state, step } = createNetwork();
    const recording = inBfloat16(recordStep(step, inputs(0), state));
    const T = (op: string) => [
      ...new Set(recording.nodes.filter((node) => node.op === op).map(({ attr }) => attr["T"]!.type)),
    ];
    const [FLOAT32, BFLOAT16] = [1, 14];
    for (const op of [
      "Conv2D",
      "Conv2DBackpropFilter",
      "FusedBatchNormV3",
      "FusedBatchNormGradV3",
      "Relu",
      "ReluGrad",
      "MaxPool",
      "MaxPoolGrad",
      "BatchMatMulV2",
    ]) {
      expect([op, T(op)]).toEqual([op, [BFLOAT16]]);
    }
    for (const op of ["Mean", "SquaredDifference", "Sub"]) expect([op, T(op)]).toEqual([op, [FLOAT32]]);
    const norm = recording.nodes.find(({ op }) => op === "FusedBatchNormV3")!;
    expect(norm.attr["U"]!.type).toBe(FLOAT32);
    const casts = recording.nodes.filter(({ name }) => name.startsWith("precision_"));
    // Into: image, filter, features, dense and its transposed product's gradient; no edge twice.
    expect(new Set(casts.map(({ input }) => input[0])).size).toBe(casts.length);
    expect(recording.assigned.size).toBe(6);
  });

  it("refuses mode eager", () => {
    expect(() => createProgram({ state: {}, mode: "eager", precision: "bfloat16" })).toThrow(
      expect.objectContaining({ data: { option: "mode", precision: "bfloat16", got: "eager" } }),
    );
  });
});
