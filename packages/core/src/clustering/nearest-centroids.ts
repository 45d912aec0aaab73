import { setImmediate } from "node:timers/promises";

import type { CompiledStep } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { matrixOf, productProgram } from "../state/product-program.ts";
import type { Points } from "./points.ts";

/** Finds the nearest centroid of each of some rows, again and again. */
export interface NearestCentroids {
  /** The nearest of the centroids `[K, D]` for each row; of equally near ones the lowest. */
  labels(centroids: Float32Array): Promise<Int32Array>;
  dispose(): Promise<void>;
}

/** Numbers of a block of products: 16 MB, which stay in a processor's cache. */
const BLOCK = 2 ** 22;
const MOST_ROWS = 8192;

/**
 * Half the distance between 1 and the next float32: the most that rounding changes a number by, as a share.
 */
const ROUNDING = 2 ** -24;

/** Of a column that stands for no centroid. */
const NEVER = -3e38;

/**
 * The nearest centroid of each row, exactly: as float64 has it, whatever the engine's order of sums.
 *
 * With rows and centroids moved by the mean of all rows and scaled to a length of about 1, the nearest
 * centroid is the one with the largest
 *
 *     s_k = x . c_k - |c_k|^2 / 2
 *
 * which is one product of matrices, [x, 1] with [c, -|c|^2 / 2]. A sum of n float32 products is off by at
 * most n 2^-24 |x| |c|, in whichever order it is taken. Where a second centroid is within twice as much of
 * the best, float64 decides.
 *
 * Columns come in groups, about as many as there are in a group: the largest of each group is read, then the
 * columns of the best group, so that two numbers in √K of them are looked at in JavaScript.
 *
 * @param clusters K.
 */
export function nearestCentroids(points: Points, clusters: number, signal?: AbortSignal): NearestCentroids {
  const { count, dim } = points;
  const width = Math.ceil(Math.sqrt(clusters)); // columns of a group
  const groups = Math.ceil(clusters / width);
  const columns = groups * width;
  const size = Math.min(count, MOST_ROWS, Math.max(1, Math.floor(BLOCK / columns)));
  const frame = frameOf(points);
  const norms = new Float64Array(count); // of [x, 1]
  const rows = withColumn(points.values, frame, (row, squared) => {
    norms[row] = Math.sqrt(squared + 1);
    return 1;
  });
  const from = matrixOf(rows, dim + 1);
  const to = matrixOf(new Float32Array(columns * (dim + 1)), dim + 1);
  const state = { rows: from, centroids: to };
  const program = productProgram(state);
  const scores = program.compile("the largest scores", ({ places }) => {
    const block = tf.gather(from, places as tf.Tensor1D);
    const grouped = tf.reshape(tf.matMul(block, to, false, true), [size, groups, width]);
    const ofGroups = tf.max(grouped, 2);
    const best = tf.argMax<tf.Tensor1D>(ofGroups, 1);
    const place = tf.add<tf.Tensor1D>(best, tf.range(0, size * groups, groups, "int32"));
    const inGroup = tf.gather(tf.reshape(grouped, [size * groups, width]), place);
    return { ofGroups, best, inGroup };
  });

  return {
    async labels(centroids) {
      let longest = 0;
      const shifted = new Float32Array(columns * (dim + 1));
      shifted.set(
        withColumn(centroids, frame, (_, squared) => {
          longest = Math.max(longest, Math.sqrt(squared + squared ** 2 / 4));
          return -squared / 2;
        }),
      );
      for (let k = clusters; k < columns; k++) shifted[k * (dim + 1) + dim] = NEVER;
      program.state.write("centroids", shifted);
      // Four more: the rounding of rows and centroids themselves, and of |c|^2 / 2.
      const tolerance = 2 * (dim + 1 + 4) * ROUNDING * longest;

      const labels = new Int32Array(count);
      for (let start = 0; start < count; start += size) {
        signal?.throwIfAborted();
        const block = { start, rows: Math.min(size, count - start), size, groups, width };
        const close = await labelBlock(labels, block, scores, (row) => tolerance * norms[row]!);
        for (const row of close) labels[row] = exactlyNearest(points, centroids, row);
        await setImmediate();
      }
      return labels;
    },
    async dispose() {
      await program.dispose();
      tf.dispose(state);
    },
  };
}

interface Block {
  readonly start: number;
  readonly rows: number;
  /** Rows that are looked at: a last block looks at its first row several times. */
  readonly size: number;
  readonly groups: number;
  readonly width: number;
}

/** Labels the rows of a block. @returns those of which another centroid is as near, but for rounding. */
async function labelBlock(
  labels: Int32Array,
  { start, rows, size, groups, width }: Block,
  scores: CompiledStep,
  toleranceOf: (row: number) => number,
): Promise<readonly number[]> {
  const places = Int32Array.from({ length: size }, (_, i) => start + (i < rows ? i : 0));
  const found = await scores.run({ places: { values: places, shape: [size] } });
  const ofGroups = found["ofGroups"]!.values as Float32Array; // [size, groups]
  const bestGroups = found["best"]!.values; // [size]
  const inGroup = found["inGroup"]!.values as Float32Array; // [size, width]
  const close: number[] = [];
  for (let i = 0; i < rows; i++) {
    const best = largest(inGroup, i * width, width);
    labels[start + i] = bestGroups[i]! * width + best;
    const least = inGroup[i * width + best]! - toleranceOf(start + i);
    const near = countFrom(least, inGroup, i * width, width) + countFrom(least, ofGroups, i * groups, groups);
    if (near > 2) close.push(start + i); // the best is counted in its group, and as its group's largest
  }
  return close;
}

/** The place of the largest of `count` values from `start` on. */
function largest(values: Float32Array, start: number, count: number): number {
  let place = 0;
  for (let i = 1; i < count; i++) if (values[start + i]! > values[start + place]!) place = i;
  return place;
}

function countFrom(least: number, values: Float32Array, start: number, count: number): number {
  let found = 0;
  for (let i = start; i < start + count; i++) if (values[i]! >= least) found++;
  return found;
}

function exactlyNearest({ values, dim }: Points, centroids: Float32Array, row: number): number {
  let [nearest, least] = [0, Infinity];
  for (let k = 0, at = 0; at < centroids.length; k++) {
    let squared = 0;
    for (let x = row * dim, end = at + dim; at < end; at++, x++) {
      const difference = values[x]! - centroids[at]!;
      squared += difference * difference;
    }
    if (squared < least) [nearest, least] = [k, squared];
  }
  return nearest;
}

/** Where rows are counted from, and by what they are multiplied. */
interface Frame {
  readonly origin: Float64Array;
  /** A power of 2, which changes no digit. */
  readonly scale: number;
}

function frameOf({ values, count, dim }: Points): Frame {
  const origin = new Float64Array(dim);
  for (let row = 0, at = 0; row < count; row++) for (let j = 0; j < dim; j++, at++) origin[j]! += values[at]!;
  for (let j = 0; j < dim; j++) origin[j]! /= count;
  let squared = 0;
  for (let row = 0, at = 0; row < count; row++) {
    for (let j = 0; j < dim; j++, at++) squared += (values[at]! - origin[j]!) ** 2;
  }
  return { origin, scale: squared === 0 ? 1 : 2 ** -Math.round(Math.log2(squared / count) / 2) };
}

/** Rows in a frame, each with one more number at its end, made of its squared length. */
function withColumn(
  values: Float32Array,
  { origin, scale }: Frame,
  last: (row: number, squaredLength: number) => number,
): Float32Array {
  const dim = origin.length;
  const count = values.length / dim;
  const wider = new Float32Array(count * (dim + 1));
  for (let row = 0, from = 0, to = 0; row < count; row++, to++) {
    let squared = 0;
    for (let j = 0; j < dim; j++, from++, to++) {
      const value = (values[from]! - origin[j]!) * scale;
      wider[to] = value;
      squared += value * value;
    }
    wider[to] = last(row, squared);
  }
  return wider;
}
