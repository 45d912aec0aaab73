import * as tf from "@tensorflow/tfjs";

/**
 * Where a replica's own rows are among those that it gathers from all.
 *
 * @param count B, the rows of each replica. @param rank of this one.
 * @returns `[B]` int32: `rank * B`, and on from there. The caller owns it.
 *
 * @example
 * ```ts
 * ownRows(3, 1); // => [3, 4, 5]
 * ```
 */
export const ownRows = (count: number, rank: number): tf.Tensor1D =>
  tf.range(rank * count, (rank + 1) * count, 1, "int32");
