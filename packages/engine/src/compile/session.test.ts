import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { collectGarbage, compiledModes } from "../testing/index.ts";
import { createProgram } from "./program.ts";

const MODES = await compiledModes();
const SIZE = 2 ** 16;
const RUNS = 500;
const RUNS_PER_READING = 20;
const WARM_UP_READINGS = 5;
/**
 * A tenth of what there would be if the inputs, the results or the state's old values stayed: 0.25 MB in each
 * run.
 */
const GROWTH_MB = 10;

beforeAll(() => startEngine({ device: "cpu" }));

it.each(MODES)("500 runs in mode %s keep tensors and memory level", async (mode) => {
  const sum = tf.variable(tf.zeros<tf.Rank.R1>([SIZE]));
  const program = createProgram({ mode, state: { sum } });
  const compiled = program.compile("add", ({ x }) => {
    sum.assign(tf.add(sum, x!));
    return { negative: tf.neg(sum) };
  });
  const inputs = { x: { values: new Float32Array(SIZE).fill(1), shape: [SIZE] } };
  const memory: number[] = [];
  const tensors: number[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const { negative } = await compiled.run(inputs);
    expect(negative!.values[SIZE - 1]).toBe(-run);
    if (run % RUNS_PER_READING === 0) {
      collectGarbage();
      memory.push(process.memoryUsage.rss() / 2 ** 20);
    }
    tensors.push(tf.memory().numTensors);
  }
  expect(new Set(tensors)).toEqual(new Set([tensors[0]]));
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const settled = median(memory.slice(WARM_UP_READINGS, WARM_UP_READINGS + 5));
  expect(median(memory.slice(-5)) - settled).toBeLessThan(GROWTH_MB);
  await program.dispose();
});
