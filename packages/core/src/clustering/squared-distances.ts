import type { Points } from "./points.ts";

/** The squared Euclidean distance of each row to the centroid of its label, in float64. */
export function squaredDistances(
  { values, count, dim }: Points,
  centroids: Float32Array,
  labels: Int32Array,
): Float64Array {
  const distances = new Float64Array(count);
  for (let row = 0, at = 0; row < count; row++) {
    let centroid = labels[row]! * dim;
    let total = 0;
    for (const end = at + dim; at < end; at++, centroid++) {
      const difference = values[at]! - centroids[centroid]!;
      total += difference * difference;
    }
    distances[row] = total;
  }
  return distances;
}
