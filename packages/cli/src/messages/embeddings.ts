// The sentences of errors INVALID_OPTION and USAGE on features of many images, and of their notices.

import { bytes, count, counted, shownValue as quoted } from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";

import { UsageError } from "../errors.ts";

/** @param size of an image, "224 × 224". */
export const imageTooLarge = (size: string, each: number, free: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `One image of ${size} pixels needs about ${bytes(each)} of memory in this encoder, and ` +
      `${bytes(free)} are free. Use an encoder of smaller images, or a machine with more memory.`,
    { data: { size, bytes: each, free } },
  );

/** @param all bytes that a batch of as many as were asked for needs. */
export const smallerBatch = (asked: number, size: string, all: number, free: number, taken: number): string =>
  `A batch of ${counted(asked, "image")} of ${size} pixels needs about ${bytes(all)} of memory, and ` +
  `${bytes(free)} are free: ${counted(taken, "image")} are taken at a time.`;

/** @param out what was given to --out. */
export const notAnEmbeddingFile = (out: string): UsageError =>
  new UsageError(`--out must end in .parquet or .npy, got ${quoted(out)}.`, { option: "--out", out });

export const moreClustersThanImages = (clusters: number, images: number): UsageError =>
  new UsageError(`--clusters must be 1 to ${images}, the images that are clustered, got ${clusters}.`, {
    option: "--clusters",
    got: clusters,
  });

/** @param rows images whose features an earlier call has computed. */
export const embeddingGoesOn = (rows: number, of: number): string =>
  `An earlier call has computed ${count(rows)} of ${counted(of, "image")}; this one goes on.`;

export const embedded = (rows: number, of: number, perSecond: number, left: string): string =>
  `${count(rows)} of ${counted(of, "image")}, ${count(perSecond)} a second, ${left} left.`;

export const embeddingsWritten = (images: number, dim: number, out: string): string =>
  `${counted(images, "image")}, ${count(dim)} features: ${out}`;

export const nearDuplicatesFound = (groups: number, shown: number): string =>
  groups === 0
    ? "No near duplicates."
    : `${counted(groups, "group")} of near ` +
      `duplicates${shown < groups ? `, of which the ${shown} largest follow` : ""}, ` +
      "each with its smallest cosine:";

export const OUTLIERS = "Images that are like no other, each with the mean cosine to its nearest:";
