import * as tf from "@tensorflow/tfjs";

/**
 * The sum of scalars, the same to the bit each time it is computed.
 *
 * TensorFlow's optimizer joins sums of sums into one AddN, which adds its inputs in an order that depends on
 * which of their buffers are free at that moment. A reduction has one order.
 *
 * @param values one scalar or more. @returns a scalar, with gradient; the caller owns it.
 *
 * @example
 * ```ts
 * sumInOrder([tf.scalar(1), tf.scalar(2), tf.scalar(4)]); // => 7
 * ```
 */
export const sumInOrder = (values: readonly tf.Scalar[]): tf.Scalar =>
  values.length === 1 ? values[0]!.clone() : tf.tidy(() => tf.sum<tf.Scalar>(tf.stack([...values])));
