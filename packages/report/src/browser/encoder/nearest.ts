/** An image of the gallery, and its cosine similarity to a query. */
export interface Neighbour {
  readonly image: number;
  readonly similarity: number;
}

/**
 * The `count` rows nearest to a query by cosine similarity, nearest first, the earlier of equal ones first.
 *
 * @param query `[dim]` of length 1. @param gallery `[images, dim]`, rows of length 1.
 */
export function nearest(query: Float32Array, gallery: Float32Array, count: number): readonly Neighbour[] {
  const dim = query.length;
  return Array.from({ length: gallery.length / dim }, (_, image) => {
    let similarity = 0;
    for (let d = 0; d < dim; d++) similarity += query[d]! * gallery[image * dim + d]!;
    return { image, similarity };
  })
    .sort((one, other) => other.similarity - one.similarity)
    .slice(0, count);
}

/** The temperature of the weighted kNN (Wu et al. 2018), by which a run is evaluated. */
const TEMPERATURE = 0.1;

/**
 * The mean of the neighbours' places on a map, weighted by exp(similarity / 0.1), as in the weighted kNN.
 *
 * @param positions x and y of each image in turn.
 */
export function placeAmong(
  neighbours: readonly Neighbour[],
  positions: readonly number[],
): readonly [number, number] {
  let [x, y, total] = [0, 0, 0];
  for (const { image, similarity } of neighbours) {
    const weight = Math.exp((similarity - neighbours[0]!.similarity) / TEMPERATURE);
    x += weight * positions[2 * image]!;
    y += weight * positions[2 * image + 1]!;
    total += weight;
  }
  return [x / total, y / total];
}
