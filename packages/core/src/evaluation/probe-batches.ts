import {
  createViewLoader,
  type ImageDecoding,
  randomStream,
  supervisedView,
  type ViewSize,
} from "@tssl/augment-zoo";

import type { ImageSet } from "../data/image-set.ts";
import { prefetch } from "../data/prefetch.ts";
import { decodingIn } from "./images.ts";
import type { LayersExtractor } from "./compile-features.ts";
import { type Features, requireFinite } from "./extract-features.ts";
import { rowsOf } from "../state/rows-of.ts";
import type { LayersBatch, LayersEpoch, ProbeBatch, ProbeEpoch } from "./linear-probe.ts";

/** How a probe's training images come: which, in batches of how many, in an order that the seed fixes. */
export interface ProbeOrder {
  /** Indices into the training images. */
  readonly chosen: Int32Array;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * One epoch's batches of indices; the last one holds what is left, as in MoCo's and CLSA's linear evaluation.
 */
export function probeOrder({ chosen, batchSize, seed }: ProbeOrder, epoch: number): readonly Int32Array[] {
  const order = randomStream(seed, "linear probe", "order", epoch).permutation(chosen.length);
  const shuffled = order.map((position) => chosen[position]!);
  return Array.from({ length: Math.ceil(chosen.length / batchSize) }, (_, i) =>
    shuffled.subarray(i * batchSize, (i + 1) * batchSize),
  );
}

/** Batches of features that are there already. */
export const cachedBatches = ({ values, dim }: Features, labels: Int32Array, order: ProbeOrder): ProbeEpoch =>
  function* (epoch): Iterable<ProbeBatch> {
    for (const indices of probeOrder(order, epoch)) {
      yield { features: rowsOf(values, dim, indices), labels: indices.map((index) => labels[index]!) };
    }
  };

export interface AugmentedImages extends ImageDecoding {
  readonly folder: Pick<ImageSet, "files">;
  readonly labels: Int32Array;
  readonly imageSize: ViewSize;
  readonly cacheMegabytes: number;
  /** Areas of the random crops. Default (0.08, 1), as of `supervisedView`. */
  readonly crop?: readonly [number, number];
}

/**
 * Batches whose features are computed anew each time, from a random crop and flip of each image: those of
 * all layers from the same one.
 *
 * Its threads live until `close`. Batches throw NOT_FINITE where features are NaN or infinite.
 */
export function augmentedBatches(
  extractor: LayersExtractor,
  { folder, labels, imageSize, cacheMegabytes, crop, ...decoding }: AugmentedImages,
  order: ProbeOrder,
): { readonly batches: LayersEpoch; close(): Promise<void> } {
  const loader = createViewLoader({
    files: folder.files,
    views: { image: supervisedView({ size: imageSize, ...(crop && { scale: crop }) }) },
    seed: order.seed,
    batchSize: order.batchSize,
    cacheMegabytes,
    ...decodingIn(decoding),
    maxCorruptShare: 0, // another image would carry the wrong label
  });
  return {
    async *batches(epoch): AsyncIterable<LayersBatch> {
      const load = (indices: Int32Array) => loader.load({ epoch, indices: Array.from(indices) });
      const discard = (late: { release(): void }) => late.release();
      for await (const batch of prefetch(probeOrder(order, epoch), load, { ahead: 2, discard })) {
        const features = await extractor.extract(batch.views["image"]!);
        const own = batch.indices.map((index) => labels[index]!);
        batch.release();
        for (const [i, { dim }] of extractor.layers.entries()) {
          requireFinite("labelled", { values: features[i]!, count: own.length, dim });
        }
        yield { features, labels: own };
      }
    },
    close: () => loader.close(),
  };
}
