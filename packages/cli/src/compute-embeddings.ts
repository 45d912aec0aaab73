import { pixelFormat, sizeOfView } from "@tssl/augment-zoo";
import { availableBytes, duration, stepMemory } from "@tssl/core/internal";
import { decodingOf, type EvaluatedEncoder, type ImageSet, type RunSettings } from "@tssl/core/run";
import { batchThatFits, computeRows, type RowsFile } from "@tssl/export";

import { everyFewSeconds } from "./every-few-seconds.ts";
import { embedded, embeddingGoesOn, imageTooLarge, smallerBatch } from "./messages/embeddings.ts";
import { tell } from "./terminal.ts";

export interface ComputingFlags {
  /** Threads that decode images. */
  readonly workers?: number;
  /** Images that go through the encoder at once. */
  readonly batchSize?: number;
}

/**
 * Computes the rows that are not there yet, and tells of the progress.
 *
 * @throws {TsslError} INVALID_OPTION where the memory does not hold one image on its way.
 */
export async function computeEmbeddings(
  rows: RowsFile,
  { files }: ImageSet,
  extractor: EvaluatedEncoder["features"],
  settings: RunSettings,
  { workers, ...flags }: ComputingFlags,
): Promise<void> {
  const { imageSize, data } = settings;
  const first = rows.rows;
  if (first > 0) tell(embeddingGoesOn(first, files.length));
  const begun = performance.now();
  await computeRows(rows, {
    files,
    extractor,
    imageSize,
    batchSize: fittingBatch(files.length, extractor, settings, flags),
    ...(workers === undefined ? {} : { workers }),
    maxCorruptShare: data.maxCorruptShare,
    ...decodingOf(data),
    onProgress: everyFewSeconds((done, all) => {
      const perSecond = ((done - first) / (performance.now() - begun)) * 1000;
      tell(embedded(done, all, perSecond, duration((all - done) / perSecond)));
    }),
  });
}

/** Images at a time: as many as are asked for, and as there are; fewer, after a sentence, where memory is short. */
function fittingBatch(
  images: number,
  extractor: EvaluatedEncoder["features"],
  { imageSize, evaluation, data }: RunSettings,
  { batchSize = evaluation.batchSize }: Pick<ComputingFlags, "batchSize">,
): number {
  const asked = Math.min(batchSize, images);
  const { width, height } = sizeOfView(imageSize);
  const one = extractor.sizeOfOne([height, width, pixelFormat(decodingOf(data)).channels]);
  if (one === undefined) return asked;
  const each = stepMemory(one);
  const free = availableBytes();
  const fitting = batchThatFits(asked, each, free);
  const size = `${width} × ${height}`;
  if (fitting === 0) throw imageTooLarge(size, each, free);
  if (fitting < asked) tell(smallerBatch(asked, size, asked * each, free, fitting));
  return fitting;
}
