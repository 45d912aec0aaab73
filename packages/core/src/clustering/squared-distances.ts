import type { Points } from "./points.ts";

/** The squared Euclidean distance of each row to the centroid of its label, in float64. */
export const squaredDistances = (points: Points, centroids: Float32Array, labels: Int32Array): Float64Array =>
  Float64Array.from({ length: points.count }, (_, row) =>
    squaredDistance(points, row, centroids, labels[row]!, Infinity),
  );

/** The squared distance of a row to a centroid; once its sum is more than `most`, that part of the sum. */
export function squaredDistance(
  { values, dim }: Points,
  row: number,
  centroids: Float32Array,
  centroid: number,
  most: number,
): number {
  let squared = 0;
  for (let x = row * dim, at = centroid * dim, end = at + dim; at < end && squared <= most; at++, x++) {
    const difference = values[x]! - centroids[at]!;
    squared += difference * difference;
  }
  return squared;
}
