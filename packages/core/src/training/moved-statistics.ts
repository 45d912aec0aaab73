import * as tf from "@tensorflow/tfjs";

import type { StateStore } from "../state/store.ts";
import { lendingKeep } from "./lending-keep.ts";
import { runPlugins } from "./run-plugins.ts";
import { prepareImages } from "./step-images.ts";
import type { StepMachine, StepPart } from "./step-machine.ts";

/**
 * Running statistics as one training forward pass leaves them, by name. The pass is that of a step: every
 * plugin's `step`, without gradient, optimizer and `after`.
 *
 * The state is put back, so that training goes on as if there had been no pass.
 *
 * @returns tensors that the caller owns; nothing else is left behind.
 */
export function movedStatistics(
  machine: StepMachine,
  store: StateStore,
  part: StepPart,
): Record<string, tf.Tensor> {
  const buffers = store
    .entries()
    .filter(({ role, variable }) => role === "buffer" && variable.dtype === "float32");
  return lendingKeep((keep) => {
    const before = buffers.map(({ variable }) => tf.clone(variable));
    runPlugins(machine, { ...part, ...prepareImages(machine, part) }, keep);
    const moved = buffers.flatMap(({ name, variable }, i) => {
      if (variable.dataId === before[i]!.dataId) return [];
      const after = tf.clone(variable);
      variable.assign(before[i]!);
      return [[name, after] as const];
    });
    // Copies: a result must not share its memory with the state.
    return Object.fromEntries(moved.map(([name, after]) => [name, after.clone()]));
  });
}
