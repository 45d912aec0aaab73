import { watchTensors } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { tensorLeft } from "../messages/notices.ts";
import type { StepMachine } from "./step-machine.ts";
import { type StepPhase, watchMachine } from "./watch-step.ts";

/**
 * Takes one step, and names each tensor that it leaves behind besides its results: plugin, hook and shape. A
 * run takes the same step over and over, so that what one leaves is lost memory in every step that runs
 * eagerly, and in a compiled one a value that never changes again.
 *
 * @param take takes the step with the machine that it is given.
 * @param state variables of the run: tfjs counts one that is assigned as made anew.
 */
export function namingLeaks<Results extends Readonly<Record<string, tf.Tensor>>>(
  machine: StepMachine,
  take: (machine: StepMachine) => Results,
  onLeak: (sentence: string) => void,
  state: readonly tf.Variable[],
): Results {
  let phase: StepPhase = { hook: "step" };
  const watch = watchTensors(() => phase);
  try {
    const results = take(watchMachine(machine, (now) => (phase = now)));
    const wanted = new Set<tf.Tensor>([...Object.values(results), ...state]);
    for (const { tensor, label } of watch.living()) {
      if (!wanted.has(tensor)) onLeak(tensorLeft(whereOf(label), tensor.shape, tensor.dtype));
    }
    return results;
  } finally {
    watch.stop();
  }
}

const whereOf = ({ plugin, hook }: StepPhase): string =>
  plugin === undefined ? hook : `[${plugin}] ${hook}`;
