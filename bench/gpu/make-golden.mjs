// Writes golden.json: results of the first steps of every method in float64, by the plugin of a CPU, and in
// TensorFlow's float32 on this CPU.
//
//   node bench/gpu/make-golden.mjs        (after `npm run build`; some minutes)
import { writeFileSync } from "node:fs";

import { createProgram, recordStep, startEngine } from "@tssl/engine";
import { cpuPlugin } from "@tssl/engine/testing";

// What training runs its steps with; no part of the packages' interface.
import { imagenetStatistics } from "../../packages/core/dist/networks/normalize-images.js";
import { stepInputs, trainingStep } from "../../packages/core/dist/training/compile-run.js";
import { lowerStep } from "../../packages/engine/dist/lower/module.js";
import { onCpuPlugin } from "../../packages/engine/dist/lower/on-cpu-plugin.test.data.js";
import { goldenRuns, LEARNING_RATE, partsOf, prepared, STEPS } from "./golden-runs.mjs";

/**
 * Images to choose from: the first on which float32 is near, else those on which it is nearest. A feature may
 * lie at the edge of a relu.
 */
const DRAWS = ["first", "second", "third"];
const NEAR = 2e-6;

await startEngine({ device: "cpu" });
const plugin = await cpuPlugin();
if (plugin === undefined) throw new Error("The plugin of a CPU is needed for float64.");

const golden = {};
for (const { name, config } of goldenRuns) {
  const tried = [];
  for (const draw of DRAWS) {
    if (tried.some(({ steps }) => farthest(steps) < NEAR)) break;
    tried.push({ draw, steps: await goldenSteps(config, draw) });
  }
  golden[name] = tried.sort((a, b) => farthest(a.steps) - farthest(b.steps))[0];
  console.log(name, golden[name].draw, farthest(golden[name].steps).toExponential(1));
}
const file = new URL("golden.json", import.meta.url);
const made = { command: "node bench/gpu/make-golden.mjs", node: process.version, platform: process.platform };
writeFileSync(file, `${JSON.stringify({ made, golden }, undefined, 1)}\n`);
process.exit(0);

/** Results of each step by name: `[float64, float32]`. */
async function goldenSteps(config, draw) {
  const run = prepared(config);
  const exact = await inFloat64(run, draw);
  const program = createProgram({ state: run.store.variables(), mode: "graph" });
  const step = program.compile("step", trainingStep(run, imagenetStatistics, { phase: run.phaseAt(0) }));
  const steps = [];
  for (let i = 0; i < STEPS; i++) {
    const inputs = stepInputs(partsOf(run, i, draw), LEARNING_RATE);
    const [wanted, found] = [await exact(inputs), await step.run(inputs)];
    const scalars = Object.entries(found).filter(([, { values }]) => values.length === 1);
    steps.push(Object.fromEntries(scalars.map(([key, { values }]) => [key, [wanted[key][0], values[0]]])));
  }
  await program.dispose();
  run.dispose();
  return steps;
}

/** A step in float64 that goes on from where the last one ended. */
async function inFloat64(run, draw) {
  const variables = run.store.variables();
  const names = Object.keys(variables);
  const state = Object.fromEntries(names.map((name) => [name, variables[name].dataSync().slice()]));
  const step = trainingStep(run, imagenetStatistics, { phase: run.phaseAt(0) });
  const recording = recordStep(step, stepInputs(partsOf(run, 0, draw), LEARNING_RATE), variables);
  const program = lowerStep(recording, { double: true });
  const device = await onCpuPlugin(plugin, program);
  const typed = { float64: Float64Array, float32: Float32Array, int32: Int32Array };
  return async (inputs) => {
    const given = program.arguments.map(({ kind, place, dtype, shape }) => {
      const values = kind === "state" ? state[names[place]] : inputs[recording.inputs[place].name].values;
      return { values: (typed[dtype] ?? Uint8Array).from(values), shape };
    });
    const results = await device.run(given);
    const outputs = {};
    program.results.forEach(({ kind, place }, i) => {
      if (kind === "state") state[names[place]] = results[i].values;
      else outputs[recording.outputs[place].name] = results[i].values;
    });
    return outputs;
  };
}

/** The largest difference of float32 from float64. */
function farthest(steps) {
  const all = steps.flatMap((step) => Object.values(step));
  return Math.max(...all.map(([wanted, found]) => Math.abs(found - wanted) / Math.max(Math.abs(wanted), 1)));
}
