// The sentences of errors IMAGE and LOADER on threads and what they run, and of a warning.

import { ImageError, LoaderError } from "../errors.ts";

/** How JavaScript, WebAssembly and the decoders say that memory is short. */
const MEMORY = /memory|allocat|ERR_WORKER_OUT_OF_MEMORY/i;

// IMAGE

/** An image on which threads end. @param reason what they ended with. */
export const fatalImage = (file: string, reason: string, attempts: number): ImageError => {
  const isMemory = MEMORY.test(reason);
  const found = `${isMemory ? "memory is too short for it" : "it ended a thread"} ${attempts} times (${reason})`;
  const advice = isMemory ? "Use fewer workers, or remove it." : "Remove it.";
  return new ImageError(file, found, advice, {
    kind: isMemory ? "too large for the memory" : "fatal to threads",
    data: { problem: "fatal", reason, attempts },
  });
};

// LOADER

/** @param cause why the last thread ended. */
export const noThreadsLeft = (cause: Error): LoaderError =>
  new LoaderError(
    `The loader has no worker threads left (${cause.message}). Close it and create another one.`,
    { cause, data: { reason: cause.message } },
  );

/** @param files at which threads failed one after another. */
export const threadsFailed = (files: readonly string[], cause: Error): LoaderError =>
  new LoaderError(
    `Worker threads failed at ${files.length} files in a row, so the fault is not theirs: ` +
      `${files.join(", ")} (${cause.message}).` +
      (MEMORY.test(cause.message) ? " Memory is short: use fewer workers." : ""),
    { cause, data: { files, reason: cause.message } },
  );

export const kernelsMissing = (file: string): LoaderError =>
  new LoaderError(`${file} does not exist. Build it first: npm run build`, { data: { file } });

export const workerMissing = (file: string): LoaderError =>
  new LoaderError(`${file} does not exist. Build it first: npx tsc -b packages/augment-zoo`, {
    data: { file },
  });

/** A warning. `threads` are those of libuv's pool, and `enough` is how many it should have. */
export const fewDecoders = ({
  workers,
  threads,
  enough,
}: {
  readonly workers: number;
  readonly threads: number;
  readonly enough: number;
}): string =>
  `${workers} workers decode ${threads} images at a time, because Node's pool has ${threads} threads. ` +
  `Start the program with UV_THREADPOOL_SIZE=${enough} in its environment.`;
