import * as tf from "@tensorflow/tfjs";

/** A direction in which rows of patches are predicted, as a turn after which it leads down. */
export interface Direction {
  readonly name: "down" | "up" | "right" | "left";
  /** `[B, H, W, C]` to `[B, H, W, C]`, or `[B, W, H, C]`. */
  readonly turned: (grid: tf.Tensor4D) => tf.Tensor4D;
}

const upsideDown = (grid: tf.Tensor4D) => tf.reverse4d(grid, 1);
const columnsAsRows = (grid: tf.Tensor4D) => tf.transpose(grid, [0, 2, 1, 3]);

const all: readonly Direction[] = [
  { name: "down", turned: (grid) => grid },
  { name: "up", turned: upsideDown },
  { name: "right", turned: columnsAsRows },
  { name: "left", turned: (grid) => upsideDown(columnsAsRows(grid)) },
];

/** The first one, two or four of down, up, right and left. */
export const directionsOf = (count: 1 | 2 | 4): readonly Direction[] => all.slice(0, count);
