import * as tf from "@tensorflow/tfjs";

/** Reads a step's scalars in one transfer and frees them. */
export async function readScalars(scalars: Record<string, tf.Scalar>): Promise<Record<string, number>> {
  const names = Object.keys(scalars);
  const stacked = tf.tidy(() => tf.stack(names.map((name) => scalars[name]!)));
  tf.dispose(scalars);
  const values = await stacked.data();
  stacked.dispose();
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}
