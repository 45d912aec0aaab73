import * as tf from "@tensorflow/tfjs";

import type { StateEntry } from "../state/store.ts";
import type { Gradients } from "./optimizer.ts";

/** Moves every parameter that has a gradient; the tensors that `move` makes are freed. */
export function updateEach(
  parameters: readonly StateEntry[],
  gradients: Gradients,
  move: (parameter: StateEntry, gradient: tf.Tensor) => void,
): void {
  for (const parameter of parameters) {
    const gradient = gradients.get(parameter.name);
    if (gradient !== undefined) tf.tidy(() => move(parameter, gradient));
  }
}
