import { percentile } from "@tssl/core";

/** What is known of one clustering. */
export interface DensityInput {
  /** `[N]`: the squared distance of each row to its centroid. */
  readonly distances: ArrayLike<number>;
  /** `[N]`: the cluster of each row, 0 .. K - 1. */
  readonly labels: Int32Array;
  /** K. */
  readonly clusters: number;
  /** T > 0: what the densities are in the mean. */
  readonly temperature: number;
}

/** The smallest density as a share of T: rows that coincide have distance 0, and the loss divides by it. */
const LEAST = 0.01;

/** Added to the number of rows in the logarithm (authors' code; alpha in the paper). */
const SMOOTHING = 10;

/**
 * How loose each cluster is, its own temperature in PCL's prototype loss: small where rows are many and near.
 *
 *     phi_c = mean over the rows of c of |x - centroid| / log(n_c + 10)
 *
 * Clusters of one row or none take the largest of the others. Then all are clipped to their 10th and 90th
 * percentiles, and scaled to the mean T. Differs from the authors' code where rows of a cluster coincide: no
 * density is below T / 100, so that none is 0.
 *
 * Reference: Li et al. 2021, https://arxiv.org/abs/2005.04966, eq. 12; salesforce/PCL, main_pcl.py
 * (run_kmeans) at af7287d.
 *
 * @returns `[K]`, each above 0; T for all where no cluster has two different rows.
 *
 * @example
 * ```ts
 * // Distances 1 and 3 in cluster 0, 0.5 and 0.5 in cluster 1.
 * const labels = Int32Array.of(0, 0, 1, 1);
 * density({ distances: [1, 9, 0.25, 0.25], labels, clusters: 2, temperature: 0.1 }); // => [0.1480, 0.0520]
 * ```
 */
export function density({ distances, labels, clusters, temperature }: DensityInput): Float32Array {
  const sums = new Float64Array(clusters);
  const sizes = new Int32Array(clusters);
  labels.forEach((label, row) => {
    sums[label]! += Math.sqrt(distances[row]!);
    sizes[label]!++;
  });
  const several = (cluster: number) => sizes[cluster]! > 1;
  const loose = sums.map((sum, c) => (several(c) ? sum / sizes[c]! / Math.log(sizes[c]! + SMOOTHING) : 0));
  const loosest = loose.reduce((most, value) => Math.max(most, value), 0);
  const filled = loose.map((value, c) => (several(c) ? value : loosest));
  const sorted = filled.toSorted();
  const [low, high] = [percentile(sorted, 0.1), percentile(sorted, 0.9)];
  const clipped = filled.map((value) => Math.min(Math.max(value, low), high));
  const mean = clipped.reduce((sum, value) => sum + value, 0) / clusters;
  const shareOf = (value: number) => (mean > 0 ? Math.max(LEAST, value / mean) : 1);
  return Float32Array.from(clipped, (value) => temperature * shareOf(value));
}
