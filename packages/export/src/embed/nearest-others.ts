import { unitRows } from "@tssl/core/clustering";
import { similaritySearch } from "@tssl/core/internal";

/** The nearest other images of each image, by the cosine of their features. */
export interface NearestOthers {
  /** Neighbours of each. */
  readonly count: number;
  /** `[N, count]`: places of the neighbours, nearest first. */
  readonly places: Int32Array;
  /** Their cosines. */
  readonly cosines: Float32Array;
}

/** Numbers of the largest block of cosines, a quarter of a GB. */
const LARGEST_BLOCK = 2 ** 26;

/**
 * Finds the nearest other images of every image, block by block.
 *
 * @param rows `[N, dim]` of any length but 0.
 * @param count at most N - 1 are found.
 */
export async function nearestOthers(rows: Float32Array, dim: number, count: number): Promise<NearestOthers> {
  const n = rows.length / dim;
  const k = Math.min(count, n - 1);
  const [places, cosines] = [new Int32Array(n * k), new Float32Array(n * k)];
  const block = Math.min(n, Math.max(1, Math.floor(LARGEST_BLOCK / n)));
  const bank = unitRows(rows.slice(), dim);
  const search = similaritySearch({ values: bank, dim }, { count: k + 1, most: block });
  try {
    for (let start = 0; start < n; start += block) {
      const size = Math.min(block, n - start);
      const found = await search.mostSimilarTo(bank.subarray(start * dim, (start + size) * dim));
      for (let row = 0; row < size; row++) {
        // The image itself is among its nearest, unless more than k others equal it.
        let at = (start + row) * k;
        const end = at + k;
        for (let j = 0; j <= k && at < end; j++) {
          const place = found.places[row * (k + 1) + j]!;
          if (place === start + row) continue;
          places[at] = place;
          cosines[at++] = found.similarities[row * (k + 1) + j]!;
        }
      }
    }
    return { count: k, places, cosines };
  } finally {
    await search.dispose();
  }
}
