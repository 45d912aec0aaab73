import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import type { HostTensor } from "../compile/data-types.ts";
import { recordStep } from "../compile/record.ts";
import { startEngine } from "../start.ts";
import { cpuPlugin } from "../testing/index.ts";
import { floats, integers, random } from "./host-tensors.test.data.ts";
import { crossEntropy, sparse } from "./losses.test.cases.ts";
import { lowerStep } from "./module.ts";
import { onCpuPlugin } from "./on-cpu-plugin.test.data.ts";

beforeAll(() => startEngine({ device: "cpu" }));
const file = await cpuPlugin();

/** Loss of each row and gradient, where TensorFlow's kernel on the CPU does something else. */
async function run(
  loss: (logits: tf.Tensor, targets: tf.Tensor) => tf.Tensor[],
  logits: HostTensor,
  targets: HostTensor,
): Promise<number[][]> {
  const step = (given: Readonly<Record<string, tf.Tensor>>) => {
    const [rows, gradient] = loss(given["logits"]!, given["targets"]!);
    return { rows: rows!, gradient: gradient! };
  };
  const program = await onCpuPlugin(file!, lowerStep(recordStep(step, { logits, targets }, {})));
  const results = await program.run([logits, targets]);
  await program.close();
  return results.map(({ values }) => Array.from(values));
}

describe.skipIf(file === undefined)("cross-entropy", () => {
  it("costs nothing for a class without a share, however unlikely the class is", async () => {
    const [rows] = await run(crossEntropy, floats([-Infinity, 1, 2], [1, 3]), floats([0, 1, 0], [1, 3]));
    expect(rows![0]).toBeCloseTo(Math.log(1 + Math.E), 6);
  });

  it("is NaN for a number that is no class, in its row and no other", async () => {
    const [rows, gradient] = await run(sparse, random([3, 2]), integers([1, 2, -1]));
    expect(rows!.map(Number.isNaN)).toEqual([false, true, true]);
    expect(gradient!.map(Number.isNaN)).toEqual([false, false, true, true, true, true]);
  });
});
