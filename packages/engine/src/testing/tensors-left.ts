import * as tf from "@tensorflow/tfjs";

/** How many more tensors there are after `run` than before it. */
export function tensorsLeft(run: () => unknown): number {
  const before = tf.memory().numTensors;
  run();
  return tf.memory().numTensors - before;
}
