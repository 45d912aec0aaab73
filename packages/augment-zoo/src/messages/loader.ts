// The sentences of errors LOADER on what a loader is given.

import { LoaderError } from "../errors.ts";
import { shown } from "./shown-value.ts";

export const emptyFiles = (): LoaderError =>
  new LoaderError("files must name at least one image, got an empty list.", { data: { option: "files" } });

export const emptyViews = (): LoaderError =>
  new LoaderError("views must name at least one recipe, got none.", { data: { option: "views" } });

export const indexOutOfRange = (index: number, files: number): LoaderError =>
  new LoaderError(`load: indices must be whole numbers in 0 .. ${files - 1}, got ${index}.`, {
    data: { got: index, files },
  });

export const invalidCacheMegabytes = (got: number): LoaderError =>
  new LoaderError(`cacheMegabytes must be a number >= 0, got ${got}.`, {
    data: { option: "cacheMegabytes", got },
  });

/** @param option "batchSize", "workers" or "slots". */
export const invalidCount = (option: string, got: number): LoaderError =>
  new LoaderError(`${option} must be a whole number >= 1, got ${got}.`, { data: { option, got } });

export const invalidMaxCorruptShare = (got: number): LoaderError =>
  new LoaderError(`maxCorruptShare must be a number >= 0 and < 1, got ${got}.`, {
    data: { option: "maxCorruptShare", got },
  });

export const invalidRange = (got: readonly number[]): LoaderError =>
  new LoaderError(`range must be [low, high] with low < high, got ${shown(got)}.`, {
    data: { option: "range", got },
  });

export const loaderClosed = (): LoaderError => new LoaderError("The loader is closed.");

export const wrongBatch = (images: number, batchSize: number): LoaderError =>
  new LoaderError(`load: indices must hold 1 .. ${batchSize} (batchSize) images, got ${images}.`, {
    data: { got: images, batchSize },
  });
