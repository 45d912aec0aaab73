import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

/**
 * A table with some of its rows replaced.
 *
 * @param table `[N, dim]` float32. @param places `[B]` int32, each 0 .. N - 1; equal places must bring equal
 * rows, as a device writes in no particular order. @param rows `[B, dim]`.
 * @returns `[N, dim]`; the caller owns it.
 *
 * @example
 * ```ts
 * writtenRows(tf.zeros([2, 2]), tf.tensor1d([1], "int32"), tf.tensor2d([[3, 4]])); // => [[0, 0], [3, 4]]
 * ```
 */
export function writtenRows(table: tf.Tensor, places: tf.Tensor1D, rows: tf.Tensor2D): tf.Tensor {
  const types = { T: engine.attribute.type("float32"), Tindices: engine.attribute.type("int32") };
  return engine.rawOp("TensorScatterUpdate", types, [table, tf.expandDims(places, 1), rows], 1)[0]!;
}
