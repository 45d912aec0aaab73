import type { Points } from "./points.ts";
import { squaredDistance } from "./squared-distances.ts";

/**
 * The nearest centroid of a row by squared distances in float64; of equally near ones the lowest.
 *
 * @param likely a centroid that is nearly as near.
 */
export function exactlyNearest(points: Points, row: number, centroids: Float32Array, likely: number): number {
  let nearest = likely;
  let least = squaredDistance(points, row, centroids, likely, Infinity);
  for (let k = 0; k < centroids.length / points.dim; k++) {
    const squared = squaredDistance(points, row, centroids, k, least);
    if (squared < least || (squared === least && k < nearest)) [nearest, least] = [k, squared];
  }
  return nearest;
}
