import * as tf from "@tensorflow/tfjs";

import type { StateEntry, StateStore } from "../state/store.ts";

/** A value per parameter that the optimizer remembers, starting at zero: "optimizer.<parameter>.<slot>". */
export function zeroSlots(
  store: StateStore,
  parameters: readonly StateEntry[],
  slot: string,
): ReadonlyMap<string, tf.Variable> {
  return new Map(
    parameters.map(({ name, variable }) => [
      name,
      store.add(`optimizer.${name}.${slot}`, tf.zeros(variable.shape), { role: "buffer", trained: false }),
    ]),
  );
}

/**
 * Whether weight decay (and LARS's scaling) touches a parameter: always a weight; norms, biases, position
 * embeddings and class tokens where asked for.
 */
export const decays = (parameter: StateEntry, excludeNormAndBias: boolean): boolean =>
  parameter.role === "weight" || !excludeNormAndBias;
