import type * as tf from "@tensorflow/tfjs";

let recorder: ((tensors: readonly tf.Tensor[]) => void) | undefined;

/**
 * Says that what follows in a step is computed after these tensors, also where it does not use them.
 *
 * A compiled step runs whatever is ready, several ops at a time. Parts of a step that each need much memory would then hold all of it at
 * once: with this between them, they run one after another. Eager code does so anyway, and nothing happens.
 */
export function computeFirst(tensors: readonly tf.Tensor[]): void {
  recorder?.(tensors);
}

/** Hears of every `computeFirst` until the function that is returned is called. */
export function onComputeFirst(hear: (tensors: readonly tf.Tensor[]) => void): () => void {
  const outer = recorder;
  recorder = hear;
  return () => (recorder = outer);
}
