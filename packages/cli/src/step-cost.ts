import { inspectRun } from "@tssl/core/run";
import type { MeasuredRow } from "@tssl/report";

import { resolveConfig } from "./read-run-config.ts";

/** What the steps of all rows are timed with: those of `bench:step`, on a set of CIFAR-10's size. */
const SETTING = {
  epochs: 1,
  imageSize: 32,
  batchSize: 128,
  data: { train: "." },
  encoder: { use: "resnet20" },
  optimizer: { use: "sgd", lr: 0.03, momentum: 0.9, weightDecay: 5e-4 },
} as const;
const IMAGES = 50_000;
const STEPS = 5;

/** The config whose step is timed for a row. */
export const costConfig = (plugins: MeasuredRow["plugins"]) =>
  resolveConfig({ ...SETTING, plugins }, ".", "the setting of the table's costs");

/** Times of a row's steps as multiples of those of another's. */
export interface StepCost {
  readonly ratio: number;
  /** The smallest and the largest ratio of a round. */
  readonly range: readonly [number, number];
}

/**
 * Times the steps of two rows in turns, so that what else the machine does hits both. Only a quiet machine
 * gives numbers that mean something. The engine must be started.
 *
 * @param rounds each takes five steps of both; the ratio is that of the medians over all of them.
 */
export async function stepCost(
  row: MeasuredRow["plugins"],
  reference: MeasuredRow["plugins"],
  rounds: number,
): Promise<StepCost> {
  const configs = [await costConfig(row), await costConfig(reference)] as const;
  const times: [number[], number[]] = [[], []];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const at of [0, 1] as const) {
      const { milliseconds } = await inspectRun(configs[at], {
        mode: "graph",
        precision: "float32",
        steps: STEPS,
        images: IMAGES,
      });
      times[at].push(...milliseconds.warm);
    }
    ratios.push(median(times[0].slice(-STEPS)) / median(times[1].slice(-STEPS)));
  }
  return {
    ratio: median(times[0]) / median(times[1]),
    range: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** The middle value, of an even number the upper of the two. */
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
