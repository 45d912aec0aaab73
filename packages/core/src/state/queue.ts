import { randomStream } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { invalidOption, shapeMismatch } from "../errors.ts";
import { drawnDirections } from "./drawn-values.ts";
import { requireRoom } from "./require-room.ts";
import type { StateStore } from "./store.ts";
import { writtenRows } from "./written-rows.ts";

/** A first-in-first-out queue of embeddings, kept on the device as a ring. */
export interface Queue {
  readonly size: number;
  /** Rows of the last push; 0 before the first. */
  readonly pushed: number;
  /** Rows of all pushes; a step that is recorded and then run many times counts once. */
  readonly pushedInAll: number;
  /**
   * All rows, `[size, dim]` of length 1, oldest and newest in no particular place. Borrowed: never dispose.
   */
  rows(): tf.Tensor2D;
  /**
   * Overwrites the oldest rows with `[B, dim]` new ones; B may be any number up to `size` and need not divide
   * it.
   */
  push(rows: tf.Tensor2D): void;
}

/** Rows that are pushed into each queue, by the queue's full name. */
export type PushedRows = Readonly<Record<string, number>>;

/**
 * Starts full of random directions, as MoCo's: normal numbers, each row scaled to length 1.
 *
 * The place of the next row is a state value too, so a queue survives a checkpoint as it stood.
 *
 * @example
 * ```ts
 * import { createStateStore } from "./store.ts";
 *
 * const queue = createQueue(createStateStore(), "queue", { size: 2, dim: 2, seed: 0 });
 * queue.push(tf.tensor2d([[1, 0], [0, 1]]));
 * queue.push(tf.tensor2d([[0.6, 0.8]])); // in place of the oldest
 * queue.rows(); // => [[0.6, 0.8], [0, 1]]
 * ```
 */
export function createQueue(
  store: StateStore,
  name: string,
  { size, dim, seed }: { readonly size: number; readonly dim: number; readonly seed: number },
): Queue {
  requireRoom(store, `${name}.rows`, [size, dim]);
  const random = randomStream(seed, "initial value", name);
  const initial = tf.tensor2d(
    drawnDirections(size, dim, () => random.normal()),
    [size, dim],
  );
  const rows = store.add(`${name}.rows`, initial, { role: "buffer", trained: false });
  const cursor = store.add(`${name}.cursor`, tf.scalar(0, "int32"), { role: "buffer", trained: false });

  let pushed = 0;
  let pushedInAll = 0;
  return {
    size,
    get pushed() {
      return pushed;
    },
    get pushedInAll() {
      return pushedInAll;
    },
    rows: () => rows as unknown as tf.Tensor2D,
    push(added) {
      const [count, width] = added.shape;
      if (width !== dim) throw shapeMismatch(`queue "${name}"`, "pushed rows", `[B, ${dim}]`, added.shape);
      if (count > size)
        throw invalidOption(`queue "${name}"`, `at least the rows of one push (${count})`, size);
      pushed = count;
      pushedInAll += count;
      tf.tidy(() => {
        const places = tf.mod<tf.Tensor1D>(
          tf.add(cursor, tf.range(0, count, 1, "int32")),
          tf.scalar(size, "int32"),
        );
        rows.assign(writtenRows(rows, places, added));
        cursor.assign(tf.mod(tf.add(cursor, tf.scalar(count, "int32")), tf.scalar(size, "int32")));
      });
    },
  };
}
