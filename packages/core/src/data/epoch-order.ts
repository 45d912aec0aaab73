import { randomStream } from "@tssl/augment-zoo";

/**
 * The order in which an epoch goes through the data set, cut into batches; images that do not fill a batch wait for another epoch.
 *
 * Depends on the seed and the epoch alone, so a resumed run goes on where it stood.
 *
 * @returns `floor(datasetSize / batchSize)` lists of `batchSize` indices.
 */
export function epochBatches(
  datasetSize: number,
  batchSize: number,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): readonly (readonly number[])[] {
  const order = randomStream(seed, "order", epoch).permutation(datasetSize);
  return Array.from({ length: Math.floor(datasetSize / batchSize) }, (_, i) =>
    Array.from(order.subarray(i * batchSize, (i + 1) * batchSize)),
  );
}
