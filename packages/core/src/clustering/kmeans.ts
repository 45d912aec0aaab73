import type { Random } from "@tssl/augment-zoo";

import { invalidOption, shapeMismatch } from "../errors.ts";
import { pointsNotFinite } from "../messages/evaluation.ts";
import { rowsOf } from "../state/rows-of.ts";
import { unitRows } from "../state/unit-rows.ts";
import { type Means, meanRows } from "./mean-rows.ts";
import { nearestCentroids } from "./nearest-centroids.ts";
import type { Points } from "./points.ts";
import { splitIntoEmpty } from "./split-into-empty.ts";
import { squaredDistances } from "./squared-distances.ts";

export interface KmeansOptions {
  /** K, number of clusters, 1 .. N. */
  readonly clusters: number;
  /** Rounds of assignment and mean. Default 25 (faiss). */
  readonly iterations?: number;
  /** Runs from other starts, of which the one with the lowest objective is kept. Default 1 (faiss). */
  readonly redo?: number;
  /** Draws the first centroids, and which clusters are split where others are empty. */
  readonly random: Random;
  /**
   * Whether centroids are scaled to length 1 after each mean, for rows of length 1: the nearest centroid is
   * then the one with the largest cosine (faiss: spherical). Default false.
   */
  readonly spherical?: boolean;
  /**
   * What an empty cluster gets as its centroid: one half of another cluster (faiss), or the one that it had.
   * Default "split".
   */
  readonly empty?: "split" | "keep";
  /** `[K, D]` float32: the first centroids of every run. Default: K rows of the points, drawn. */
  readonly start?: Float32Array;
  /** Ends the work between two blocks of rows: `kmeans` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each iteration. @param done iterations of all runs so far. @param all of all runs. */
  readonly onIteration?: (done: number, all: number) => void;
}

export interface Clustering {
  /** `[N]`: the cluster of each row, 0 .. K - 1; the lowest of those that are equally near. */
  readonly labels: Int32Array;
  /**
   * `[K, D]`, row by row: the mean of each cluster in the last iteration; of length 1 where `spherical`.
   */
  readonly centroids: Float32Array;
  /** `[N]`: the squared Euclidean distance of each row to its centroid. */
  readonly distances: Float64Array;
  /** `[K]`: the rows of each cluster; 0 where a centroid is the nearest one of no row. */
  readonly sizes: Int32Array;
  /** The sum of `distances`. */
  readonly objective: number;
}

/**
 * K-means by Lloyd's iterations, by the rules of faiss:
 *
 *     label_i = argmin_k |x_i - c_k|^2
 *     c_k = mean of the rows with label k (spherical: scaled to length 1)
 *     objective = sum_i |x_i - c_label_i|^2
 *
 * - A run starts from K different rows, drawn at random: no k-means++.
 * - An empty cluster gets half of another one, drawn with probability (n_j - 1) / (N - K): both take that
 *   cluster's centroid, moved apart by 1 / 1024 of each number. Or it keeps its centroid (`empty`).
 * - Of several runs, the one with the lowest objective at its last assignment is kept.
 * - As many clusters as rows: every row is its own cluster.
 *
 * Labels and distances are those of the centroids that are given back. All rows take part; faiss would draw
 * 256 for each cluster where there are more.
 *
 * **The same numbers everywhere.** The engine finds the nearest centroids in float32, by products of blocks.
 * Rows that rounding could have given another centroid are looked at again in float64, and means are summed
 * in float64 in the order of the rows. So the result depends on points, options and seed alone, and not on
 * the number of threads, the processor or the device.
 *
 * Cost of an iteration: 2 N K D operations on the engine, and fewer where centroids have come to rest: a row
 * whose own one has is compared with the others alone. Memory: 2 N (D + 1) numbers; without kernels of our
 * own, and on a device, 32 MB for the products of a block. Between blocks other work of the process goes on.
 *
 * Reference: faiss/Clustering.cpp of facebookresearch/faiss at 06a7033.
 *
 * @throws {TsslError} INVALID_OPTION if there are fewer rows than clusters, or a number of rounds is below 1;
 * SHAPE_MISMATCH if the start does not fit; INVALID_DATA if a number of the points is not finite.
 *
 * @example
 * ```ts
 * import { randomStream } from "@tssl/augment-zoo";
 *
 * const points = { count: 4, dim: 1, values: Float32Array.of(0, 1, 10, 11) };
 * const start = Float32Array.of(0, 11);
 * const found = await kmeans(points, { clusters: 2, random: randomStream(1), start });
 * found.labels; // => [0, 0, 1, 1]
 * found.centroids; // => [0.5, 10.5]
 * found.objective; // => 1
 * ```
 */
export async function kmeans(points: Points, options: KmeansOptions): Promise<Clustering> {
  check(points, options);
  const { clusters, iterations = 25, redo = 1, random, signal, onIteration } = options;
  const { empty = "split", spherical = false } = options;
  const scaled = (rows: Float32Array) => (spherical ? unitRows(rows, points.dim) : rows);
  if (clusters === points.count) return eachItsOwn(points, scaled(points.values.slice()));

  const nearest = nearestCentroids(points, clusters, signal);
  const meansOf = meanRows(points, clusters);
  try {
    let best: { readonly centroids: Float32Array; readonly objective: number } | undefined;
    for (let run = 0; run < redo; run++) {
      let centroids = options.start?.slice() ?? drawnRows(points, clusters, random);
      let objective = Infinity;
      for (let i = 0; i < iterations; i++) {
        const labels = await nearest.labels(centroids);
        const isLast = i === iterations - 1;
        if (isLast && redo > 1) objective = sum(squaredDistances(points, centroids, labels));
        const means = await meansOf(labels);
        if (empty === "split") splitIntoEmpty(means, points, random);
        else keepWhereEmpty(means, centroids);
        centroids = scaled(means.centroids);
        onIteration?.(run * iterations + i + 1, redo * iterations);
      }
      if (best === undefined || objective < best.objective) best = { centroids, objective };
    }
    const { centroids } = best!;
    return clusteringOf(points, centroids, await nearest.labels(centroids));
  } finally {
    await nearest.dispose();
  }
}

/** K different rows. */
const drawnRows = ({ values, count, dim }: Points, clusters: number, random: Random): Float32Array =>
  rowsOf(values, dim, random.permutation(count).subarray(0, clusters));

/** Gives each empty cluster the centroid that it had, in place. */
function keepWhereEmpty({ centroids, sizes }: Means, before: Float32Array): void {
  const dim = centroids.length / sizes.length;
  sizes.forEach((size, k) => {
    if (size === 0) centroids.set(before.subarray(k * dim, (k + 1) * dim), k * dim);
  });
}

const eachItsOwn = (points: Points, centroids: Float32Array): Clustering =>
  clusteringOf(
    points,
    centroids,
    Int32Array.from({ length: points.count }, (_, i) => i),
  );

function clusteringOf(points: Points, centroids: Float32Array, labels: Int32Array): Clustering {
  const distances = squaredDistances(points, centroids, labels);
  const sizes = new Int32Array(centroids.length / points.dim);
  for (const label of labels) sizes[label]!++;
  return { labels, centroids, distances, sizes, objective: sum(distances) };
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

function check(
  { count, dim, values }: Points,
  { clusters, iterations = 25, redo = 1, start }: KmeansOptions,
): void {
  if (!(Number.isInteger(clusters) && clusters >= 1 && clusters <= count)) {
    throw invalidOption("clusters", `from 1 to the ${count} rows that are clustered`, clusters);
  }
  for (const [name, rounds] of Object.entries({ iterations, redo })) {
    if (!(Number.isInteger(rounds) && rounds >= 1)) throw invalidOption(name, "1 or more", rounds);
  }
  if (values.length !== count * dim) {
    throw shapeMismatch("kmeans", "values", `[${count * dim}] (count times dim)`, [values.length]);
  }
  if (start !== undefined && start.length !== clusters * dim) {
    throw shapeMismatch("kmeans", "start", `[${clusters * dim}] (clusters times dim)`, [start.length]);
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw pointsNotFinite(Math.floor(i / dim), values[i]!);
  }
}
