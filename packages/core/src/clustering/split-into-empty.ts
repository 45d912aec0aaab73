import type { Random } from "@tssl/augment-zoo";

import type { Means } from "./mean-rows.ts";
import type { Points } from "./points.ts";

/** By this share of each number the two halves of a cluster are moved apart. */
const APART = 1 / 1024;

/**
 * Gives each empty cluster half of another one, in place, as faiss does (Clustering.cpp, split_clusters).
 *
 * The walk over clusters stops at cluster j with probability (n_j - 1) / (N - K), so that large ones are cut
 * more often, and those of one row never.
 */
export function splitIntoEmpty(
  { centroids, sizes }: Means,
  { count, dim }: Pick<Points, "count" | "dim">,
  random: Random,
): void {
  const clusters = sizes.length;
  for (let empty = 0; empty < clusters; empty++) {
    if (sizes[empty] !== 0) continue;
    let from = 0;
    while (!random.chance((sizes[from]! - 1) / (count - clusters))) from = (from + 1) % clusters;
    for (let j = 0; j < dim; j++) {
      const value = centroids[from * dim + j]!;
      const apart = j % 2 === 0 ? APART : -APART;
      centroids[empty * dim + j] = value * (1 + apart);
      centroids[from * dim + j] = value * (1 - apart);
    }
    sizes[empty] = Math.floor(sizes[from]! / 2);
    sizes[from]! -= sizes[empty]!;
  }
}
