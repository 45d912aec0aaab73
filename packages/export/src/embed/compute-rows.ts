import {
  createViewLoader,
  evaluationView,
  type ImageFile,
  type ImageDecoding,
  type ViewSize,
} from "@tssl/augment-zoo";
import { decodingIn, type PixelValues, prefetch } from "@tssl/core/internal";

import { joinedFloats } from "../joined-floats.ts";
import type { RowsFile } from "./rows-file.ts";

/** What turns images into rows. */
export interface RowExtractor {
  readonly dim: number;
  /** `[B, H, W, channels]` to `[B, dim]`. */
  extract(images: { readonly values: PixelValues; readonly shape: readonly number[] }): Promise<Float32Array>;
}

export interface ComputeRowsOptions extends ImageDecoding {
  readonly files: readonly ImageFile[];
  readonly extractor: RowExtractor;
  readonly imageSize: ViewSize;
  readonly batchSize: number;
  /** Threads that decode. Default: one less than there are cores. */
  readonly workers?: number;
  readonly maxCorruptShare: number;
  /** Told after each part that is safe on the disk. */
  readonly onProgress: (rows: number, of: number) => void;
}

/** Batches that are written at once: each write waits for the disk. */
const BATCHES_PER_WRITE = 8;

/**
 * Computes the rows of all images that have none yet, while threads decode the next ones. Memory does not
 * grow with their number.
 *
 * @throws {ImageError} with one more corrupt image than may be.
 */
export async function computeRows(rows: RowsFile, options: ComputeRowsOptions): Promise<void> {
  const { files, extractor, imageSize, batchSize, workers, maxCorruptShare, onProgress } = options;
  const first = rows.rows;
  if (first >= files.length) return;
  const loader = createViewLoader({
    ...{ files, seed: 0, batchSize, cacheMegabytes: 0, maxCorruptShare }, // the recipe draws nothing
    views: { image: evaluationView({ size: imageSize }) },
    ...(workers === undefined ? {} : { workers }),
    ...decodingIn(options),
  });
  const known = rows.corrupt;
  const starts = Array.from(
    { length: Math.ceil((files.length - first) / batchSize) },
    (_, i) => first + i * batchSize,
  );
  const load = (start: number) => {
    const count = Math.min(batchSize, files.length - start);
    return loader.load({ epoch: 0, indices: Array.from({ length: count }, (_, i) => start + i) });
  };
  const waiting: Float32Array[] = [];
  const write = async () => {
    const more = joinedFloats(waiting);
    waiting.length = 0;
    const end = rows.rows + more.length / extractor.dim;
    // Decoding runs ahead: what is known of later images will be found again.
    const corrupt = loader.corrupt.map(({ index }) => index).filter((index) => index >= first && index < end);
    await rows.append(more, [...known, ...corrupt]);
    onProgress(rows.rows, files.length);
  };
  try {
    for await (const batch of prefetch(starts, load, { ahead: 2, discard: (late) => late.release() })) {
      const { values, shape } = batch.views["image"]!;
      waiting.push(await extractor.extract({ values, shape }).finally(() => batch.release()));
      if (waiting.length === BATCHES_PER_WRITE) await write();
    }
    if (waiting.length > 0) await write();
  } finally {
    await loader.close();
  }
}
