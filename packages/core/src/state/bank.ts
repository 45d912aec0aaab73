import { randomStream } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { invalidOption, shapeMismatch } from "../errors.ts";
import { drawnDirections, drawnValues } from "./drawn-values.ts";
import { requireRoom } from "./require-room.ts";
import type { StateStore } from "./store.ts";
import { writtenRows } from "./written-rows.ts";

/** One embedding for each image of the training set, kept on the device. */
export interface Bank {
  /** Rows, one an image. */
  readonly size: number;
  readonly dim: number;
  /** All rows, `[size, dim]`. Borrowed: never dispose. */
  all(): tf.Tensor2D;
  /** The rows of some images: `[B]` or `[B, K]` int32 to `[B, dim]` or `[B, K, dim]`. */
  rows(ids: tf.Tensor1D): tf.Tensor2D;
  rows(ids: tf.Tensor2D): tf.Tensor3D;
  /**
   * Moves the rows of some images towards new embeddings: `v <- normalize(keep * v + (1 - keep) * row)`. Of
   * equal ids the last one counts.
   *
   * @param ids `[B]` int32. @param rows `[B, dim]`.
   */
  write(ids: tf.Tensor1D, rows: tf.Tensor2D): void;
}

export interface BankOptions {
  /** Images of the training set. */
  readonly rows: number;
  /** Length of an embedding. */
  readonly dim: number;
  /** Share of the old row that stays at each write, 0 .. 1. */
  readonly keep: number;
  /**
   * First values. "uniform": every number uniform in ±sqrt(3 / dim), of length 1 in expectation (InstDisc's
   * code); "directions": random rows of length 1. Default "directions".
   */
  readonly initial?: "uniform" | "directions";
}

/** Makes a bank in the run's state, under `<name>.rows`. */
export function createBank(
  store: StateStore,
  name: string,
  { rows: size, dim, keep, initial = "directions", seed }: BankOptions & { readonly seed: number },
): Bank {
  if (!(keep >= 0 && keep <= 1)) throw invalidOption(`bank "${name}" keep`, "from 0 to 1", keep);
  requireRoom(store, `${name}.rows`, [size, dim]);
  const random = randomStream(seed, "initial value", name);
  const bound = Math.sqrt(3 / dim);
  const values =
    initial === "uniform"
      ? drawnValues(size * dim, () => random.between(-bound, bound))
      : drawnDirections(size, dim, () => random.normal());
  const bank = store.add(`${name}.rows`, tf.tensor2d(values, [size, dim]), {
    role: "buffer",
    trained: false,
  }) as unknown as tf.Tensor2D & tf.Variable;

  return {
    size,
    dim,
    all: () => bank,
    rows: ((ids: tf.Tensor) => tf.gather(bank, ids)) as Bank["rows"],
    write(ids, added) {
      if (added.shape[1] !== dim || added.shape[0] !== ids.shape[0]) {
        throw shapeMismatch(`bank "${name}"`, "written rows", `[${ids.shape[0]}, ${dim}]`, added.shape);
      }
      tf.tidy(() => {
        const mixed = tf.add<tf.Tensor2D>(tf.mul(tf.gather(bank, ids), keep), tf.mul(added, 1 - keep));
        // Equal ids write equal rows, in whichever order the device carries the writes out.
        const rows = tf.gather(unitRows(mixed), lastOfEqual(ids));
        bank.assign(writtenRows(bank, ids, rows));
      });
    },
  };
}

const unitRows = (rows: tf.Tensor2D): tf.Tensor2D =>
  tf.div(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12));

/** For each id the place of the last one that equals it: [5, 7, 5] to [2, 1, 2]. */
function lastOfEqual(ids: tf.Tensor1D): tf.Tensor1D {
  const equal = tf.cast(tf.equal(tf.expandDims(ids, 1), tf.expandDims(ids, 0)), "int32");
  const places = tf.range(0, ids.shape[0], 1, "int32");
  return tf.max<tf.Tensor1D>(tf.mul(equal, places), 1);
}
