import { randomStream } from "@tssl/augment-zoo";
import { UMAP } from "umap-js";
import type { Features } from "@tssl/core/run";

/** Neighbours that the map keeps together; UMAP's own default, as is the least distance. */
const NEIGHBOURS = 15;

/**
 * Rounds of optimization: UMAP's default for large sets. Maps of small sets hardly change in its 500 for
 * them.
 */
const EPOCHS = 200;

/**
 * UMAP (McInnes et al. 2018, arXiv:1802.03426) of feature vectors in two dimensions, by umap-js with its
 * defaults: 15 neighbours, least distance 0.1. For vectors of length 1 Euclidean distance has the same
 * neighbours as cosine similarity.
 *
 * @param seed any number; one seed gives one map.
 * @returns x and y of each vector in turn, whole numbers 0…1000, the wider side filled; undefined for 15
 * vectors or fewer.
 */
export function featureMap({ count, dim, values }: Features, seed: number): readonly number[] | undefined {
  if (count <= NEIGHBOURS) return undefined;
  const random = randomStream(seed, "feature map");
  const umap = new UMAP({ nNeighbors: NEIGHBOURS, nEpochs: EPOCHS, random: random.uniform });
  const rows = Array.from({ length: count }, (_, i) => Array.from(values.subarray(i * dim, (i + 1) * dim)));
  return scaled(umap.fit(rows));
}

function scaled(points: readonly (readonly number[])[]): readonly number[] {
  const sides = [0, 1].map((axis) => {
    const along = points.map((point) => point[axis]!);
    return { min: Math.min(...along), size: Math.max(...along) - Math.min(...along) };
  });
  const widest = Math.max(...sides.map(({ size }) => size)) || 1;
  return points.flatMap((point) =>
    sides.map(({ min, size }, axis) =>
      Math.max(0, Math.round(500 + (1000 * (point[axis]! - min - size / 2)) / widest)),
    ),
  );
}
