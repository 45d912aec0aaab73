import type { ExtractedFeatures } from "./evaluate-knn.ts";
import { nearestNeighbours } from "./knn.ts";
import { spread } from "./spread.ts";

/**
 * A test image and the training images whose features are nearest to it, by their places in the data sets.
 */
export interface NeighbourRow {
  readonly image: number;
  readonly nearest: readonly { readonly index: number; readonly similarity: number }[];
}

/** Test images shown, and neighbours beside each. */
const ROWS = 10;
const NEIGHBOURS = 8;

/** The rows that a report shows: the same test images at every evaluation. */
export async function neighbourRows(features: ExtractedFeatures): Promise<readonly NeighbourRow[]> {
  const images = spread(features.test.count, ROWS);
  const found = await nearestNeighbours(features, images, NEIGHBOURS);
  const places = features.train.images;
  return images.map((row, i) => ({
    image: features.test.images[row]!,
    nearest: found[i]!.map(({ index, similarity }) => ({ index: places[index]!, similarity })),
  }));
}
