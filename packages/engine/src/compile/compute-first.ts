import type * as tf from "@tensorflow/tfjs";

let recorder: ((tensors: readonly tf.Tensor[]) => void) | undefined;

/**
 * Makes the ops that follow in a step wait for these tensors, even if they do not use them.
 *
 * A compiled step runs every op as soon as it is ready, several at a time. Parts of a step that need much
 * memory would then need all of it at once; this makes them run one after another. In eager code, which does
 * so anyway, it does nothing.
 */
export function computeFirst(tensors: readonly tf.Tensor[]): void {
  recorder?.(tensors);
}

/** Calls `hear` for every `computeFirst`, until the returned function is called. */
export function onComputeFirst(hear: (tensors: readonly tf.Tensor[]) => void): () => void {
  const outer = recorder;
  recorder = hear;
  return () => (recorder = outer);
}
