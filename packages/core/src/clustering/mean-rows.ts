import type { Points } from "./points.ts";

export interface Means {
  /** `[K, D]`, row by row; zeros for a cluster without rows. */
  readonly centroids: Float32Array;
  /** `[K]`: how many rows each cluster has. */
  readonly sizes: Int32Array;
}

/** The mean row of each cluster, summed in float64 in the order of the rows. */
export function meanRows({ values, count, dim }: Points, labels: Int32Array, clusters: number): Means {
  const sums = new Float64Array(clusters * dim);
  const sizes = new Int32Array(clusters);
  for (let row = 0, at = 0; row < count; row++) {
    const label = labels[row]!;
    sizes[label]!++;
    let to = label * dim;
    for (const end = at + dim; at < end; at++, to++) sums[to]! += values[at]!;
  }
  const centroids = new Float32Array(clusters * dim);
  for (let k = 0, at = 0; k < clusters; k++) {
    const size = Math.max(1, sizes[k]!);
    for (const end = at + dim; at < end; at++) centroids[at] = sums[at]! / size;
  }
  return { centroids, sizes };
}
