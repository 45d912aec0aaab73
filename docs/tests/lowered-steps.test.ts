import { cpuPlugin } from "@tssl/engine/testing";
import { startEngine } from "@tssl/engine";
import { smallConvNet } from "@tssl/core/testing";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { inputReader } from "../../packages/core/src/plugins/inputs.ts";
import { createStepRandom } from "../../packages/core/src/plugins/step-random.ts";
import { asLowered } from "../../packages/engine/src/compile/as-lowered.ts";
import { recordStep } from "../../packages/engine/src/compile/record.ts";
import { lowerStep } from "../../packages/engine/src/lower/module.ts";
import { onCpuPlugin } from "../../packages/engine/src/lower/on-cpu-plugin.test.data.ts";
import { composedRun } from "./composed-run.ts";
import { recordedRun } from "./recorded-run.ts";

beforeAll(() => startEngine({ device: "cpu" }));
const file = await cpuPlugin();

/** Most plugins and all optimizers are among them; the long tests take all configs. */
const several = compositions.filter(({ name }) => /simclr \+|two parts/.test(name));

it.each(several)("all steps of $name can be lowered for accelerators", ({ config }) => {
  const run = composedRun({ ...config, encoder: { use: smallConvNet } });
  try {
    const recordings = Object.entries(recordedRun(run));
    expect(recordings.length).toBeGreaterThanOrEqual(3);
    for (const [name, recording] of recordings) {
      const { arguments: given, results, donated } = lowerStep(asLowered(recording, "float32"));
      expect(given.length, name).toBeGreaterThan(recording.inputs.length);
      expect(results.length, name).toBe(recording.outputs.length + recording.assigned.size);
      expect(donated.length, name).toBe(recording.assigned.size);
    }
  } finally {
    run.dispose();
  }
});

it.skipIf(file === undefined)("random numbers of a step have the same bits on every engine", async () => {
  const moment = { name: "moment" };
  const random = createStepRandom(1, "negatives", moment);
  const draw = (given: Readonly<Record<string, tf.Tensor>>) => {
    const context = inputReader({ moment: given["moment"]! });
    return {
      integers: random.integers<tf.Rank.R2>(context, [50, 7], 1000),
      uniform: random.uniform<tf.Rank.R1>(context, [99]),
      permutation: random.permutation(context, 300),
    };
  };
  const inputs = { moment: { values: Int32Array.of(123_456, 3), shape: [2] } };
  const program = await onCpuPlugin(file!, lowerStep(recordStep(draw, inputs, {})));
  const results = await program.run([inputs.moment]);
  await program.close();
  const eager = tf.tidy(() => Object.values(draw({ moment: tf.tensor1d([123_456, 3], "int32") })).map((drawn) => drawn.dataSync())); // prettier-ignore
  expect(results.map(({ values }) => values)).toEqual(eager);
});
