import { setImmediate } from "node:timers/promises";

import { type CompiledStep, usesDevice } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { matrixOf, productProgram } from "../state/product-program.ts";

/** The two largest scores of each of some rows, the larger first, `[rows, 2]`. */
export interface LargestScores {
  readonly scores: Float32Array;
  /** Whose they are: places among the candidates. Beyond them, where there are fewer than two. */
  readonly places: Int32Array;
}

/** Finds which candidates have the largest scores with rows: the largest products, in float32. */
export interface ScoreSearch {
  /**
   * @param places which rows; any number.
   * @param candidates `[C, D]`, at most as many as the search was made for.
   * @param onBlock told of the places from..to, one block after another, while the engine is at work on the
   * next one.
   */
  search(
    places: Int32Array,
    candidates: Float32Array,
    onBlock: (from: number, to: number, found: LargestScores) => void,
  ): Promise<void>;
  dispose(): Promise<void>;
}

/** The score of a candidate that is none. */
const NEVER = -3e38;

/** Products of a block: 32 MB. TensorFlow without kernels of ours keeps them all, and so does a device. */
const BLOCK = 2 ** 23;
const MOST_ROWS = 8192;

/**
 * Shapes are fixed in a step, so there are some: for these shares of all candidates, and of a block's rows. A
 * device has the largest alone: it would take longer to compile others than to do without.
 */
const CANDIDATE_SHARES = [1, 1 / 2, 1 / 4, 1 / 8];
const ROW_SHARES = [1, 1 / 4];

/**
 * @param rows `[N, D]`; their last number is 1.
 * @param most the largest number of candidates.
 */
export function scoreSearch(
  rows: Float32Array,
  dim: number,
  most: number,
  signal: AbortSignal | undefined,
): ScoreSearch {
  const mostRows = Math.min(rows.length / dim, MOST_ROWS, Math.max(1, Math.floor(BLOCK / most)));
  const rowCounts = shares(mostRows, ROW_SHARES, 1);
  const from = matrixOf(rows, dim);
  const sets = shares(most, CANDIDATE_SHARES, 2).map((columns) => ({
    columns,
    name: `candidates${columns}`,
    matrix: matrixOf(new Float32Array(columns * dim), dim),
  }));
  const state = { rows: from, ...Object.fromEntries(sets.map(({ name, matrix }) => [name, matrix])) };
  const program = productProgram(state, { compiled: true });
  const steps = sets.map(({ columns, name, matrix }) => ({
    columns,
    name,
    // On a CPU this is one op of ours, which keeps no products.
    step: program.compile(`the two largest of ${columns} scores`, ({ places }) => {
      const scores = tf.matMul(tf.gather(from, places as tf.Tensor1D), matrix, false, true);
      const { values, indices } = tf.topk(scores, 2);
      return { values, indices };
    }),
  }));

  return {
    async search(places, candidates, onBlock) {
      if (places.length === 0 || candidates.length === 0) return;
      signal?.throwIfAborted();
      const { columns, name, step } = steps.findLast((each) => each.columns * dim >= candidates.length)!;
      program.state.write(name, withNone(candidates, columns, dim));
      const blocks = blocksOf(places.length, rowCounts);
      let found = begin(step, places, blocks[0]!);
      for (const [i, { from: start, to: end }] of blocks.entries()) {
        const { values, indices } = await found;
        if (i + 1 < blocks.length) found = begin(step, places, blocks[i + 1]!);
        await setImmediate(); // the engine begins; what else waits in this process has its turn
        signal?.throwIfAborted();
        onBlock(start, end, {
          scores: values!.values as Float32Array,
          places: indices!.values as Int32Array,
        });
      }
    },
    async dispose() {
      await program.dispose();
      tf.dispose(state);
    },
  };
}

/** Shares of a number, from all down; at least `least` each. */
function shares(all: number, of: readonly number[], least: number): readonly number[] {
  const some = usesDevice() ? [1] : of;
  return [...new Set(some.map((share) => Math.max(least, Math.ceil(all * share))))];
}

interface Block {
  readonly from: number;
  readonly to: number;
  /** Rows that the step takes; the last block may have fewer. */
  readonly size: number;
}

function blocksOf(count: number, sizes: readonly number[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < count; from = blocks.at(-1)!.to) {
    const size = sizes.find((each) => each <= count - from) ?? sizes.at(-1)!;
    blocks.push({ from, to: Math.min(from + size, count), size });
  }
  return blocks;
}

/** Begins a block; where it has fewer rows than the step takes, it has the last one several times. */
function begin(step: CompiledStep, places: Int32Array, { from, to, size }: Block) {
  const values = new Int32Array(size).fill(places[to - 1]!);
  values.set(places.subarray(from, to));
  const found = step.run({ places: { values, shape: [size] } });
  found.catch(() => undefined); // nobody waits for it where the signal has ended the work
  return found;
}

/** Candidates, and after them rows whose products are NEVER. */
function withNone(candidates: Float32Array, columns: number, dim: number): Float32Array {
  const all = new Float32Array(columns * dim);
  all.set(candidates);
  for (let at = candidates.length + dim - 1; at < all.length; at += dim) all[at] = NEVER;
  return all;
}
