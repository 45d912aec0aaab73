import * as tf from "@tensorflow/tfjs";

import { matrixOf, productProgram } from "../state/product-program.ts";

/** For each query the rows of a bank that are most similar to it, most similar first. */
export interface MostSimilar {
  /** `[Q, count]`: the products of a query and a row, which are cosines where both have length 1. */
  readonly similarities: Float32Array;
  /** `[Q, count]`: places of the rows in the bank; of equal products the lower place first. */
  readonly places: Int32Array;
}

export interface SimilaritySearch {
  /** @param queries `[Q, D]`, at most as many as the search was made for. */
  mostSimilarTo(queries: Float32Array): Promise<MostSimilar>;
  dispose(): Promise<void>;
}

interface Bank {
  /** `[N, D]` */
  readonly values: Float32Array;
  readonly dim: number;
}

/**
 * Finds the rows of a bank with the largest products with each query, on a GPU where the engine uses one. All
 * `Q N` products are in memory at once, so callers pass queries in blocks.
 *
 * @param options.count rows to find for each query, at most N.
 * @param options.most queries of the largest block.
 */
export function similaritySearch(
  { values, dim }: Bank,
  { count, most }: { readonly count: number; readonly most: number },
): SimilaritySearch {
  const bank = matrixOf(values, dim);
  const program = productProgram({ bank });
  const search = program.compile("the most similar rows", ({ queries }) => {
    const found = tf.topk(tf.matMul(queries as tf.Tensor2D, bank as tf.Tensor2D, false, true), count);
    return { similarities: found.values, places: found.indices };
  });
  return {
    async mostSimilarTo(queries) {
      // A block of another size would be compiled anew.
      const block = program.mode === "pjrt" ? withZeros(queries, most * dim) : queries;
      const { similarities, places } = await search.run({
        queries: { values: block, shape: [block.length / dim, dim] },
      });
      const found = (queries.length / dim) * count;
      return {
        similarities: (similarities!.values as Float32Array).subarray(0, found),
        places: (places!.values as Int32Array).subarray(0, found),
      };
    },
    async dispose() {
      await program.dispose();
      bank.dispose();
    },
  };
}

function withZeros(values: Float32Array, length: number): Float32Array {
  const longer = new Float32Array(length);
  longer.set(values);
  return longer;
}
