import * as tf from "@tensorflow/tfjs";

/** Number of tensors that `run` leaves. */
export function tensorsLeft(run: () => unknown): number {
  const before = tf.memory().numTensors;
  run();
  return tf.memory().numTensors - before;
}
