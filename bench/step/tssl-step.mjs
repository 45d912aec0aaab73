// The step of one case of cases.json in tssl, timed as often as stdin asks; run.mjs runs it beside
// pytorch_step.py.
//
//   echo 5 | node bench/step/tssl-step.mjs --case resnet20-moco --variant graph
//
// Warms up and prints one line of JSON; then answers each line of stdin, a number of steps, with another.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { resnet18, resnet20, resnet50, sgd } from "@tssl/core/run";
import { testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { clsa } from "@tssl/plugin-clsa";
import { moco } from "@tssl/plugin-moco";

// What training runs its steps with; no part of the package's interface.
import { hostInputs } from "../../packages/core/dist/training/batches.js";
import { compileRun } from "../../packages/core/dist/training/compile-run.js";

const WARM_UP_STEPS = 2;
const ENCODERS = { resnet18, resnet20, resnet50 };
const { settings, cases } = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8"));
const { values: options } = parseArgs({
  options: {
    case: { type: "string" },
    variant: { type: "string", default: "graph" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});

if (!(options.case in cases)) throw new Error(`--case must be one of ${Object.keys(cases).join(", ")}.`);

function prepare({ encoder, stem, batch, size, strongSize }) {
  const { queue, dim, temperature, ema, learningRate, momentum, weightDecay } = settings;
  return testRun({
    encoder: { use: ENCODERS[encoder], ...(stem === undefined ? {} : { stem }) },
    plugins: [
      { use: moco, queueSize: queue, dim, temperature, momentum: ema },
      ...(strongSize === undefined ? [] : [{ use: clsa, temperature, strongSizes: [strongSize] }]),
    ],
    optimizer: { use: sgd, lr: learningRate, momentum, weightDecay },
    batchSize: batch,
    imageSize: size,
  });
}

/** A batch as the view loader hands it over: bytes. */
function randomPart(run, { batch, size, strongSize }) {
  const view = (name) => {
    const side = name === "strong" ? strongSize : size;
    const values = Uint8Array.from({ length: batch * side * side * 3 }, () => Math.random() * 256);
    return [name, { values, shape: [batch, side, side, 3] }];
  };
  return {
    views: Object.fromEntries(Object.keys(run.views).map(view)),
    indices: { values: Int32Array.from({ length: batch }, (_, i) => i), shape: [batch] },
    inputs: hostInputs({ inputs: run.inputs, facts: run.facts, seed: 0 }, 0, 0),
  };
}

const answer = (values) => console.log(JSON.stringify(values));

const engine = await startEngine({ device: "cpu", threads: Number(options.threads) });
const run = prepare(cases[options.case]);
const part = randomPart(run, cases[options.case]);
/** @type {string | undefined} */
let fallback;
const compiled = compileRun(run, {
  mode: /** @type {"eager" | "graph" | "xla"} */ (options.variant),
  statistics: settings,
  onNotice: (notice) => {
    if (notice.kind === "fallback") fallback = notice.reason;
  },
});
const step = () => compiled.load([part], settings.learningRate).run();

for (let i = 0; i < WARM_UP_STEPS; i++) await step();
if (fallback === undefined) {
  answer({
    parameters: run.store.trained().reduce((sum, { variable }) => sum + variable.size, 0),
    threads: engine.threads,
    version: `TensorFlow ${engine.tensorflow?.version}`,
  });
  for await (const line of createInterface({ input: process.stdin })) {
    const start = performance.now();
    let scalars;
    for (let i = 0; i < Number(line); i++) scalars = await step();
    answer({ seconds: (performance.now() - start) / 1000, loss: scalars.loss });
  }
} else {
  answer({ unavailable: `XLA: ${fallback.split("\n")[0]}` });
}
process.exit();
