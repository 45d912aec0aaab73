// What the checks of determinism and of resuming find. `names` are those of the run's state.

import type { Difference } from "../conformance/differences.ts";
import { counted, listed } from "./listed-names.ts";

// determinism

export const viewsVary = (plugin: string): string =>
  `[${plugin}] views returns other recipes each time it is called. They must follow from its options and ` +
  "facts alone.";

export const firstValuesVary = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] The state ${listed(names)} starts with different values in two runs with the same seed. Let ` +
  "`build` draw first values, as it does for networks, parameters and queues, or use constants.";

export const inputsVary = (plugin: string, inputs: readonly string[], step: number): string =>
  `[${plugin}] Two runs with the same seed got different values of the ${counted("input", inputs)} in step ` +
  `${step}. Draw from the \`random\` that \`valueAt\` is given.`;

export const runsDiffer = (plugin: string, difference: Difference): string =>
  `[${plugin}] Two runs with the same seed differ: ${differenceText(difference)}. A step may depend on its ` +
  "images, inputs and state alone: draw random numbers with `build.random` or `build.input`, and read " +
  "nothing else that changes.";

// resume

/** Where a run is stopped, to go on from what was saved. */
export interface StopPoint {
  /** Steps taken. */
  readonly step: number;
  /** Whether the plugins' work on the host before the next step is done. */
  readonly workDone: boolean;
}

export const resumedRunDiffers = (
  plugin: string,
  { step, workDone }: StopPoint,
  difference: Difference,
): string =>
  `[${plugin}] A run that goes on from a checkpoint after ${step} ` +
  `steps${workDone ? " and the host work before the next one" : ""} differs from one that never stopped: ` +
  `${differenceText(difference)}. Something is remembered outside of the run's state: make it with ` +
  "`build`.";

const differenceText = (difference: Difference): string =>
  "endOf" in difference
    ? `the state ${listed(difference.endOf)} ends with other values`
    : `in step ${difference.step}, ${difference.name} is ${difference.found} instead of ${difference.wanted}`;
