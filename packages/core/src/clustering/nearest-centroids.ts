import { rowsOf } from "../state/rows-of.ts";
import { exactlyNearest } from "./exactly-nearest.ts";
import { type Frame, frameOf, framedRows } from "./framed-rows.ts";
import type { Points } from "./points.ts";
import { scoreSearch } from "./score-search.ts";

/** Finds the nearest centroid of each of some rows, again and again. */
export interface NearestCentroids {
  /** The nearest of the centroids `[K, D]` for each row; of equally near ones the lowest. */
  labels(centroids: Float32Array): Promise<Int32Array>;
  dispose(): Promise<void>;
}

/**
 * Half the distance between 1 and the next float32: the most that rounding changes a number by, as a share.
 */
const ROUNDING = 2 ** -24;

/** What the call before was asked, and what it found. */
interface Known {
  readonly centroids: Float32Array;
  readonly labels: Int32Array;
}

/**
 * The nearest centroid of each row, exactly: as float64 has it, whatever the engine's order of sums.
 *
 * With rows and centroids moved by the mean of all rows and scaled to a length of about 1, the nearest
 * centroid is the one with the largest
 *
 *     s_k = x . c_k - |c_k|^2 / 2
 *
 * which is one product of matrices, [x, 1] with [c, -|c|^2 / 2]. A sum of n float32 products is off by at
 * most n 2^-24 |x| |c|, in whichever order it is taken. Where the second largest is within twice as much of
 * the largest, float64 decides.
 *
 * A row whose centroid is where it was in the call before is compared with those alone that have moved: of
 * the others it is the nearest still. Late iterations of k-means move few.
 *
 * @param clusters K.
 */
export function nearestCentroids(points: Points, clusters: number, signal?: AbortSignal): NearestCentroids {
  const { count, dim } = points;
  const frame = frameOf(points);
  const norms = new Float64Array(count); // of [x, 1]
  const rows = framedRows(points.values, frame, (row, squared) => {
    norms[row] = Math.sqrt(squared + 1);
    return 1;
  });
  const all = Int32Array.from({ length: clusters }, (_, k) => k);
  const search = scoreSearch(rows, dim + 1, clusters, signal);
  // Between these lies the score that each row has with its centroid in float32.
  const atLeast = new Float64Array(count);
  const atMost = new Float64Array(count);
  let known: Known | undefined;

  return {
    async labels(centroids) {
      const { framed, tolerance } = framedCentroids(centroids, frame);
      const moved = movedCentroids(known?.centroids, centroids, dim);
      const labels = known?.labels ?? new Int32Array(count);
      known = undefined; // until all is found

      /** Labels a row by the best of some centroids and the one that it has, unless that one has moved. */
      const decide = (row: number, largest: number, second: number, best: number): void => {
        const off = tolerance * norms[row]!;
        if (largest < atLeast[row]! - off) return;
        if (Math.max(second, atMost[row]!) < largest - off) {
          labels[row] = best;
          atLeast[row] = atMost[row] = largest;
        } else {
          labels[row] = exactlyNearest(points, row, centroids, best);
          atLeast[row] = Math.max(largest, atLeast[row]!) - off;
          atMost[row] = Math.max(largest, atMost[row]!);
        }
      };
      const compare = (some: Int32Array, candidates: Int32Array): Promise<void> =>
        search.search(some, rowsOf(framed, dim + 1, candidates), (from, to, { scores, places }) => {
          for (let row = from, i = 0; row < to; row++, i += 2) {
            const best = candidates[places[i]!] ?? 0; // where no score is a number
            decide(some[row]!, scores[i]!, scores[i + 1]!, best);
          }
        });

      const ofMoved = rowsWhere(labels, (label) => moved.has(label));
      const ofOthers = rowsWhere(labels, (label) => !moved.has(label));
      for (const row of ofMoved) atLeast[row] = atMost[row] = -Infinity;
      await compare(ofMoved, all);
      await compare(ofOthers, Int32Array.from(moved));
      known = { centroids: centroids.slice(), labels: labels.slice() };
      return labels;
    },
    dispose: () => search.dispose(),
  };
}

/** [c, -|c|^2 / 2] of each centroid, and how far a difference of two scores may be off, as a share of |x|. */
function framedCentroids(centroids: Float32Array, frame: Frame) {
  const dim = frame.origin.length;
  let longest = 0;
  const framed = framedRows(centroids, frame, (_, squared) => {
    longest = Math.max(longest, Math.sqrt(squared + squared ** 2 / 4));
    return -squared / 2;
  });
  // Four more: the rounding of rows and centroids themselves, and of |c|^2 / 2.
  return { framed, tolerance: 2 * (dim + 1 + 4) * ROUNDING * longest };
}

/** Centroids that are not where they were before, in their order. */
function movedCentroids(before: Float32Array | undefined, now: Float32Array, dim: number): Set<number> {
  const moved = new Set<number>();
  for (let k = 0, at = 0; at < now.length; k++) {
    for (const end = (k + 1) * dim; at < end; at++) if (now[at] !== before?.[at]) moved.add(k);
  }
  return moved;
}

/** The rows whose labels are such, in their order. */
function rowsWhere(labels: Int32Array, isSuch: (label: number) => boolean): Int32Array {
  const rows = new Int32Array(labels.length);
  let found = 0;
  for (let row = 0; row < labels.length; row++) if (isSuch(labels[row]!)) rows[found++] = row;
  return rows.subarray(0, found);
}
