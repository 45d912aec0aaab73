import { fewDecoders } from "../messages/threads.ts";

/** Threads of libuv's pool where nothing else is said. */
const DEFAULT = 4;

/**
 * Images that a worker reads and decodes while it augments another one: decoders wait for files and for their
 * own threads, so that one at a time leaves a core idle.
 */
export const DECODED_AHEAD = 2;

/** Threads of the pool for files and all else that a program does beside. */
const OTHERS = 4;

let isTold = false;

/**
 * Warns, once, if fewer images can be decoded at a time than there are workers. Decoders run in the threads
 * of libuv's pool, which is one for the whole process. Its size is read from the environment when it is first
 * used, which is before any of our code runs.
 */
export function tellOfFewDecoders(workers: number): void {
  const threads = Number(process.env["UV_THREADPOOL_SIZE"] ?? DEFAULT);
  if (isTold || workers <= threads) return;
  isTold = true;
  process.emitWarning(
    fewDecoders({ workers, threads, enough: DECODED_AHEAD * workers + OTHERS }),
    "LoaderWarning",
  );
}
