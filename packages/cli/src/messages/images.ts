// The sentences of errors INVALID_DATA, and how far the look at all images is.

import { count, counted } from "@tssl/core/internal";
import type { ImageError } from "@tssl/augment-zoo";
import { TsslError } from "@tssl/core/run";

/** @param first why the first of them cannot be decoded, and what to do. */
export const nothingToMeasure = (
  images: number,
  { file, found, advice }: Pick<ImageError, "file" | "found" | "advice">,
): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `None of ${counted(images, "image")} can be decoded: nothing is measured. The first is ${file}: ` +
      `${found}. ${advice}`,
    { data: { images, file } },
  );

/** @param path "data.train" or "data.test". */
export const imagesMoved = (path: string, folder: string, remedy: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${path} of the run is ${folder}, where nothing is. If its images have moved, say where they are: ` +
      remedy,
    { data: { path, folder } },
  );

export const lookedAt = (done: number, all: number): string =>
  `Looked at ${count(done)} of ${counted(all, "image")}.`;
