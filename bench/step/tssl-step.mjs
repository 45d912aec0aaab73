// Speed of one training step of tssl, on images already in memory. Reads lines "run <case> <steps>" on stdin and answers each with
// one line of JSON, as pytorch_step.py --serve does; what a case needs stays warm between runs.
import { createInterface } from "node:readline";

import { resnet18, resnet20, sgd } from "@tssl/core";
import { testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { clsa } from "@tssl/plugin-clsa";
import { moco } from "@tssl/plugin-moco";
import * as tf from "@tensorflow/tfjs";

const IMAGE = 32;
const WARM_UP_STEPS = 3;
const LEARNING_RATE = 0.03;

const CASES = {
  "moco-resnet20": { encoder: { use: resnet20 }, batchSize: 128, strong: false },
  "clsa-resnet20": { encoder: { use: resnet20 }, batchSize: 128, strong: true },
  "moco-resnet18": { encoder: { use: resnet18, stem: "cifar" }, batchSize: 64, strong: false },
  "clsa-resnet18": { encoder: { use: resnet18, stem: "cifar" }, batchSize: 64, strong: true },
};

/** The step that pytorch_step.py has: queries, keys, with CLSA a strong view of the same size; SGD, moving average, queue of 4096. */
function createStep({ encoder, batchSize, strong }) {
  const run = testRun({
    encoder,
    plugins: [
      { use: moco, queueSize: 4096, momentum: 0.99 },
      ...(strong ? [{ use: clsa, strongSize: IMAGE }] : []),
    ],
    optimizer: { use: sgd, lr: LEARNING_RATE, momentum: 0.9, weightDecay: 5e-4 },
    batchSize,
    imageSize: IMAGE,
  });
  const views = Object.fromEntries(
    Object.keys(run.views).map((name) => [name, tf.randomNormal([batchSize, IMAGE, IMAGE, 3])]),
  );
  const part = {
    views,
    indices: tf.range(0, batchSize, 1, "int32"),
    inputs: { "moco.target.momentum": tf.scalar(0.99) },
  };
  const learningRate = tf.scalar(LEARNING_RATE);
  return () => {
    const scalars = run.step([part], learningRate);
    scalars.loss.dataSync();
    tf.dispose(scalars);
  };
}

function timed(step, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) step();
  return (performance.now() - start) / 1000;
}

await startEngine({ device: "cpu" });
const steps = {};
for await (const line of createInterface({ input: process.stdin })) {
  const [, name, count] = line.split(" ");
  if (steps[name] === undefined) {
    steps[name] = createStep(CASES[name]);
    timed(steps[name], WARM_UP_STEPS);
  }
  const seconds = timed(steps[name], Number(count));
  const result = {
    name,
    steps: Number(count),
    imagesPerSecond: (CASES[name].batchSize * count) / seconds,
    msPerStep: (1000 * seconds) / count,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(result));
}
process.exit();
