import { resnet20, sgd } from "@tssl/core/run";
import { collectGarbage, stepPart, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { moco } from "@tssl/plugin-moco";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { clsa } from "./clsa.ts";

const BATCH = 8;
const WARM_UP_READINGS = 6;
const STEPS = 200;
const STEPS_PER_READING = 10;
/** Less than one feature map of the first stage per step, 0.5 MB. */
const GROWTH_MB = 50;

beforeAll(() => startEngine({ device: "cpu" }));

it("takes 200 steps of moco + clsa without more tensors or more memory", () => {
  const run = testRun({
    encoder: { use: resnet20 },
    plugins: [{ use: moco, queueSize: 64, momentum: 0.99 }, { use: clsa }],
    optimizer: { use: sgd, lr: 0.03, momentum: 0.9, weightDecay: 5e-4 },
    batchSize: BATCH,
  });
  const sizes = { query: 32, key: 32, strong: 16 };
  const memory: number[] = [];
  const tensors: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const views = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [
        name,
        tf.randomNormal<tf.Rank.R4>([BATCH, size, size, 3]),
      ]),
    );
    const part = stepPart(run, views, step);
    const learningRate = tf.scalar(0.03);
    tf.dispose([run.step([part], learningRate), { ...part }, learningRate]);
    if (step % STEPS_PER_READING === 0) {
      collectGarbage();
      memory.push(process.memoryUsage.rss() / 2 ** 20);
    }
    tensors.push(tf.memory().numTensors);
  }
  expect(new Set(tensors.slice(2))).toEqual(new Set([tensors[2]]));
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const settled = median(memory.slice(WARM_UP_READINGS, WARM_UP_READINGS + 5));
  expect(median(memory.slice(-5)) - settled).toBeLessThan(GROWTH_MB);
}, 180_000);
