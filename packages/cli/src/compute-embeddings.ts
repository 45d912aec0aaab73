import { pixelFormat, sizeOfView } from "@tssl/augment-zoo";
import { availableBytes, duration, stepMemory } from "@tssl/core/internal";
import { decodingOf, type EvaluatedEncoder, type ImageSet, type RunSettings } from "@tssl/core/run";
import { batchThatFits, computeRows, type RowsFile } from "@tssl/export";

import { everyFewSeconds } from "./every-few-seconds.ts";
import * as messages from "./messages.ts";
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
  flags: ComputingFlags,
): Promise<void> {
  const { imageSize, data } = settings;
  const { workers } = flags;
  const batchSize = fittingBatch(files.length, extractor, settings, flags);
  const first = rows.rows;
  if (first > 0) tell(messages.embeddingGoesOn(first, files.length));
  const begun = performance.now();
  await computeRows(rows, {
    files,
    extractor,
    imageSize,
    batchSize,
    ...(workers === undefined ? {} : { workers }),
    maxCorruptShare: data.maxCorruptShare,
    ...decodingOf(data),
    onProgress: everyFewSeconds((done, all) => {
      const perSecond = ((done - first) / (performance.now() - begun)) * 1000;
      tell(messages.embedded(done, all, perSecond, duration((all - done) / perSecond)));
    }),
  });
}

function fittingBatch(
  images: number,
  extractor: EvaluatedEncoder["features"],
  { imageSize, evaluation, data }: RunSettings,
  flags: ComputingFlags,
): number {
  const asked = Math.min(flags.batchSize ?? evaluation.batchSize, images);
  const { width, height } = sizeOfView(imageSize);
  const one = extractor.sizeOfOne([height, width, pixelFormat(decodingOf(data)).channels]);
  if (one === undefined) return asked;
  const each = stepMemory(one);
  const free = availableBytes();
  const fitting = batchThatFits(asked, each, free);
  if (!fitting.isCut) return fitting.images;
  const size = `${width} × ${height}`;
  if (fitting.images === 0) throw messages.imageTooLarge(size, each, free);
  tell(messages.smallerBatch(asked, size, asked * each, free, fitting.images));
  return fitting.images;
}
