import * as tf from "@tensorflow/tfjs";

import type { Keep } from "./step-machine.ts";

/**
 * Runs a body that may keep tensors until it ends.
 *
 * @returns its result, whose tensors the caller owns; all other tensors that it made are freed.
 */
export function lendingKeep<T extends tf.TensorContainer>(body: (keep: Keep) => T): T {
  const kept = new Set<tf.Tensor>();
  const keep: Keep = (tensor) => {
    kept.add(tensor);
    return tf.keep(tensor);
  };
  try {
    return tf.tidy(() => body(keep));
  } finally {
    for (const tensor of kept) tensor.dispose();
  }
}
