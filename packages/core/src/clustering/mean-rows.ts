import { setImmediate } from "node:timers/promises";

import type { Points } from "./points.ts";

export interface Means {
  /** `[K, D]`, row by row; zeros for a cluster without rows. */
  readonly centroids: Float32Array;
  /** `[K]`: how many rows each cluster has. */
  readonly sizes: Int32Array;
}

/** Numbers that are added up before other work of the process has its turn: some milliseconds. */
const BLOCK = 2 ** 22;

/**
 * The mean row of each cluster, again and again for other labels, summed in float64 in the order of the rows.
 * Only clusters that have other rows than in the call before are summed anew.
 *
 * @param clusters K.
 */
export function meanRows(
  { values, count, dim }: Points,
  clusters: number,
): (labels: Int32Array) => Promise<Means> {
  const sums = Array.from({ length: clusters }, () => new Float64Array(dim));
  const sizes = new Int32Array(clusters);
  const block = Math.max(1, Math.floor(BLOCK / dim)); // rows
  let before: Int32Array | undefined;

  return async (labels) => {
    const changed = changedClusters(before, labels, clusters);
    changed.forEach((isChanged, k) => {
      if (isChanged === 0) return;
      sums[k]!.fill(0);
      sizes[k] = 0;
    });
    before = undefined; // until all are added
    for (let start = 0; start < count; start += block) {
      for (let row = start; row < Math.min(start + block, count); row++) {
        const label = labels[row]!;
        if (changed[label] === 0) continue;
        addRow(sums[label]!, values, row * dim);
        sizes[label]!++;
      }
      await setImmediate();
    }
    before = labels.slice();

    const centroids = new Float32Array(clusters * dim);
    sums.forEach((sum, k) => {
      const size = Math.max(1, sizes[k]!);
      for (let j = 0; j < dim; j++) centroids[k * dim + j] = sum[j]! / size;
    });
    return { centroids, sizes: sizes.slice() };
  };
}

/** `[K]`: 1 where a cluster has other rows than before, or there was no before. */
function changedClusters(before: Int32Array | undefined, labels: Int32Array, clusters: number): Uint8Array {
  if (before === undefined) return new Uint8Array(clusters).fill(1);
  const changed = new Uint8Array(clusters);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== before[row]) changed[labels[row]!] = changed[before[row]!] = 1;
  }
  return changed;
}

/** A function of its own: V8 makes a loop of it that is twice as fast. */
function addRow(sum: Float64Array, values: Float32Array, from: number): void {
  for (let j = 0; j < sum.length; j++) sum[j]! += values[from + j]!;
}
