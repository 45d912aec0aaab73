import { featuresDisagree } from "../messages/evaluation.ts";
import { type ClassBalance, classBalance } from "./class-balance.ts";
import type { Features } from "./extract-features.ts";
import { rowsOf } from "../state/rows-of.ts";
import { similaritySearch } from "./similarity-search.ts";

export interface KnnOptions {
  /** Neighbours that vote; all of a training set that has fewer. */
  readonly k: number;
  /** A neighbour's vote is exp(similarity / temperature). */
  readonly temperature: number;
}

export interface KnnInput {
  readonly train: Features;
  readonly trainLabels: Int32Array;
  readonly test: Features;
  readonly testLabels: Int32Array;
  readonly classes: number;
}

export interface KnnResult extends ClassBalance {
  /** Neighbours that voted: fewer than asked for where the training set is smaller. */
  readonly k: number;
  /** Share of test images whose class got the most votes, 0 .. 1. */
  readonly accuracy: number;
  /** Class with the most votes for each test image; the lower class index where votes are equal. */
  readonly predictions: Int32Array;
  /** `confusion[actual][predicted]`: counts. */
  readonly confusion: readonly (readonly number[])[];
}

/** Neighbours that vote where the config does not say: Wu et al. 2018, section 4.1. */
export const USUAL_NEIGHBOURS = 200;

/**
 * Neighbours that vote among so many labelled images: never more than there are.
 *
 * @param k of the config; null: 200.
 *
 * @example
 * ```ts
 * neighboursAmong(120, null); // => 120
 * ```
 */
export const neighboursAmong = (images: number, k: number | null): number =>
  Math.min(k ?? USUAL_NEIGHBOURS, images);

/** Test images compared at a time; keeps the similarity matrix small. */
const ROWS = 256;

/**
 * Weighted k-nearest-neighbour classification by cosine similarity: each of the k nearest training images
 * votes for its class with weight exp(similarity / temperature).
 *
 * Reference: Wu et al. 2018 (InstDisc), https://arxiv.org/abs/1805.01978, section 3.4, with k = 200 and
 * temperature 0.07; MoCo's CIFAR-10 demo uses 0.1, the default here.
 *
 * @throws {TsslError} INVALID_DATA if features and labels disagree in number or training and test features in
 * length.
 *
 * @example
 * ```ts
 * const train = { values: Float32Array.of(1, 0, 0.8, 0.6, 0, 1), count: 3, dim: 2 };
 * const test = { values: Float32Array.of(0.6, 0.8), count: 1, dim: 2 };
 * const labels = { trainLabels: Int32Array.of(0, 1, 1), testLabels: Int32Array.of(1), classes: 2 };
 * // Votes: exp(9.6) and exp(8), both for class 1.
 * const { predictions, accuracy } = await knn({ train, test, ...labels }, { k: 2, temperature: 0.1 });
 * predictions; // => [1]
 * accuracy; // => 1
 * ```
 */
export async function knn(
  { train, trainLabels, test, testLabels, classes }: KnnInput,
  { k, temperature }: KnnOptions,
): Promise<KnnResult> {
  if (train.count !== trainLabels.length || test.count !== testLabels.length || train.dim !== test.dim) {
    throw featuresDisagree(
      { features: [train.count, train.dim], labels: trainLabels.length },
      { features: [test.count, test.dim], labels: testLabels.length },
    );
  }
  const voters = Math.min(k, train.count);
  const predictions = new Int32Array(test.count);
  const search = similaritySearch(train, { count: voters, most: Math.min(ROWS, test.count) });
  try {
    for (let start = 0; start < test.count; start += ROWS) {
      const rows = Math.min(ROWS, test.count - start);
      const block = test.values.subarray(start * test.dim, (start + rows) * test.dim);
      const { similarities, places } = await search.mostSimilarTo(block);
      for (let row = 0; row < rows; row++) {
        const votes = new Float64Array(classes);
        for (let j = row * voters; j < (row + 1) * voters; j++) {
          votes[trainLabels[places[j]!]!]! += Math.exp(similarities[j]! / temperature);
        }
        predictions[start + row] = votes.indexOf(Math.max(...votes));
      }
    }
  } finally {
    await search.dispose();
  }

  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predictions.forEach((predicted, i) => confusion[testLabels[i]!]![predicted]!++);
  const right = confusion.reduce((sum, row, actual) => sum + row[actual]!, 0);
  return {
    k: voters,
    accuracy: right / test.count,
    ...classBalance(confusion),
    predictions,
    confusion,
  };
}

/**
 * The `count` nearest training images of each chosen test image, nearest first.
 *
 * @example
 * ```ts
 * const train = { values: Float32Array.of(1, 0, 0, 1), count: 2, dim: 2 };
 * const test = { values: Float32Array.of(0.6, 0.8), count: 1, dim: 2 };
 * await nearestNeighbours({ train, test }, [0], 1); // => [[{ index: 1, similarity: 0.8 }]]
 * ```
 */
export async function nearestNeighbours(
  { train, test }: Pick<KnnInput, "train" | "test">,
  chosen: readonly number[],
  count: number,
): Promise<readonly (readonly { readonly index: number; readonly similarity: number }[])[]> {
  const k = Math.min(count, train.count);
  const search = similaritySearch(train, { count: k, most: chosen.length });
  try {
    const { similarities, places } = await search.mostSimilarTo(rowsOf(test.values, test.dim, chosen));
    return chosen.map((_, row) =>
      Array.from({ length: k }, (_, j) => {
        const at = row * k + j;
        return { index: places[at]!, similarity: similarities[at]! };
      }),
    );
  } finally {
    await search.dispose();
  }
}
