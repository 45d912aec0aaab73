import { duration } from "@tssl/core/internal";
import { decodingOf, type ImageSet, type RunSettings } from "@tssl/core/run";
import { computeRows, type RowExtractor, type RowsFile } from "@tssl/export";

import { everyFewSeconds } from "./every-few-seconds.ts";
import * as messages from "./messages.ts";
import { tell } from "./terminal.ts";

export interface ComputingFlags {
  /** Threads that decode images. */
  readonly workers?: number;
  /** Images that go through the encoder at once. */
  readonly batchSize?: number;
}

/** Computes the rows that are not there yet, and tells of the progress. */
export async function computeEmbeddings(
  rows: RowsFile,
  { files }: ImageSet,
  extractor: RowExtractor,
  { imageSize, evaluation, data }: RunSettings,
  { batchSize, workers }: ComputingFlags,
): Promise<void> {
  const first = rows.rows;
  if (first > 0) tell(messages.embeddingGoesOn(first, files.length));
  const begun = performance.now();
  await computeRows(rows, {
    files,
    extractor,
    imageSize,
    batchSize: Math.min(batchSize ?? evaluation.batchSize, files.length),
    ...(workers === undefined ? {} : { workers }),
    maxCorruptShare: data.maxCorruptShare,
    ...decodingOf(data),
    onProgress: everyFewSeconds((done, all) => {
      const perSecond = ((done - first) / (performance.now() - begun)) * 1000;
      tell(messages.embedded(done, all, perSecond, duration((all - done) / perSecond)));
    }),
  });
}
