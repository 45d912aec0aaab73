import * as tf from "@tensorflow/tfjs";

/**
 * Calls `onAssign` before each assignment to a tfjs variable while `run` runs.
 *
 * @returns what `run` returns.
 */
export function watchAssignments<T>(onAssign: (variable: tf.Variable) => void, run: () => T): T {
  const { assign } = tf.Variable.prototype;
  tf.Variable.prototype.assign = function (this: tf.Variable, value) {
    onAssign(this);
    assign.call(this, value);
  };
  try {
    return run();
  } finally {
    tf.Variable.prototype.assign = assign;
  }
}
