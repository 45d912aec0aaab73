import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { Piscina } from "piscina";

import { checkRecipe } from "../check-recipe.ts";
import { type ImageFile, imageFileName } from "../image-file.ts";
import * as messages from "../messages.ts";
import type { Recipe } from "../recipe.ts";
import { viewShape } from "../view-shape.ts";
import { createOriginals, estimateDecodedBytes } from "./originals.ts";
import { createSlots } from "./slots.ts";
import type { CorruptImage, DecodeMode, TaskImage, ViewTask, ViewTaskResult, WorkerSetup } from "./task.ts";

/** Options of a loader. */
export interface ViewLoaderOptions {
  /** Image files; an image is identified by its place in this list. */
  readonly files: readonly ImageFile[];
  /** Recipes of the views of each image, by name. The output size of each recipe must be fixed. */
  readonly views: Readonly<Record<string, Recipe>>;
  readonly seed: number;
  /** Number of images in the largest batch. */
  readonly batchSize: number;
  /** Number of worker threads, at least 1. Default: all cores but one. The views do not depend on it. */
  readonly workers?: number;
  /** Largest number of batches in memory, in preparation or in use. Default 3. */
  readonly slots?: number;
  /**
   * Cache for decoded files in shared memory, in MiB; used if all files are estimated to fit. Default 512.
   */
  readonly cacheMegabytes?: number;
  /**
   * "exact" (default): the same pixels as Pillow. "fast": a large JPEG is decoded at a quarter or an eighth
   * of its size, if this is still at least twice the size of every view. Views then differ by at most 2
   * levels on average. Cached files are always decoded exactly.
   */
  readonly decode?: DecodeMode;
  /**
   * Largest share of files that cannot be decoded, 0 to 1. Default 0.01; above 0 it allows at least one file,
   * of however few. Views of another image take their place.
   */
  readonly maxCorruptShare?: number;
  /**
   * Whether the threads have a lower priority (Linux: nice 10 more than the process). Default false. For
   * steps that compute on the CPU: their threads wait for the slowest one, and a thread that shares its core
   * would delay all.
   */
  readonly background?: boolean;
}

/** One kind of view of a batch's images. */
export interface LoadedView {
  /** Levels 0 .. 255, red, green and blue of each pixel in turn. */
  readonly values: Uint8Array;
  /**
   * The number of images, then the recipe's `viewShape`: `[B, side, side, 3]` or
   * `[B, patches, side, side, 3]`.
   */
  readonly shape: readonly number[];
}

/** A batch in shared memory. Nothing was copied, and nothing is the caller's to keep. */
export interface ViewBatch {
  /** The views by name, rows in the order of `indices`. */
  readonly views: Readonly<Record<string, LoadedView>>;
  readonly indices: Int32Array;
  /** Returns the memory; the arrays must not be used afterwards. Another call does nothing. */
  release(): void;
}

/**
 * Totals since the loader was created. `decodeMs` and `augmentMs` are milliseconds summed over threads, by a
 * monotonic clock; the time of decoding an image includes the time in which its thread augments another
 * image.
 */
export interface LoaderTimings {
  readonly batches: number;
  readonly images: number;
  /** Number of images that were decoded; the others were cached. */
  readonly decoded: number;
  readonly decodeMs: number;
  readonly augmentMs: number;
  /** Milliseconds that calls of `load` waited for a batch to be released. */
  readonly waitMs: number;
}

/** A file that could not be decoded. */
export interface CorruptFile {
  /** Its place in the loader's list of files. */
  readonly index: number;
  readonly file: string;
  readonly found: string;
}

/** Makes batches of augmented views from files, in worker threads. */
export interface ViewLoader {
  /**
   * Makes the views of these images. Several calls run at the same time, as long as there are slots; further
   * calls wait until a batch is released.
   *
   * The views of an image that cannot be decoded show the next image in the list that can. If a worker thread
   * dies, another one makes the same views.
   *
   * @throws {ImageError} for a file that cannot be decoded, if as many files as `maxCorruptShare` allows could
   * not be decoded before; the loader can still be used.
   * @throws {LoaderError} if the request is impossible, worker threads fail repeatedly, or the loader is
   * closed.
   */
  load(request: { readonly epoch: number; readonly indices: readonly number[] }): Promise<ViewBatch>;
  /** Ends all threads. Batches in preparation are refused. */
  close(): Promise<void>;
  /** Number of worker threads. */
  readonly workers: number;
  readonly timings: LoaderTimings;
  /** Files that could not be decoded so far. */
  readonly corrupt: readonly CorruptFile[];
}

type Pool = Piscina<ViewTask, ViewTaskResult>;

/** A row of a batch, and its image. */
type Row = Pick<TaskImage, "row" | "index">;

/** Largest number of corrupt files that an error names; `corrupt` has all of them. */
const NAMED = 5;

/** Threads run the built JavaScript, even if this file runs from source. */
const worker = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/loader/worker.js" : "./worker.js", import.meta.url),
);

/** Number of tries of a task; one that ended three threads would also end the next one. */
const ATTEMPTS = 3;

/**
 * Images in the largest task: small enough to distribute a batch evenly, large enough that messages cost
 * little.
 */
const LARGEST_TASK = 16;

/**
 * Starts a pool of threads that make views from files.
 *
 * The random numbers of a view depend only on (seed, epoch, index, view name): not on `workers`, the other
 * images of the batch, or the order of calls.
 *
 * @example
 * ```ts
 * const files = ["flower-0.jpg", "temple-0.jpg"].map((name) => `packages/core/fixtures/images/${name}`);
 * const views = { query: mocoV2View({ size: 32 }) };
 * const loader = createViewLoader({ files, views, seed: 1, batchSize: 2, workers: 1 });
 * const batch = await loader.load({ epoch: 0, indices: [0, 1] });
 * batch.views["query"]!.shape; // => [2, 32, 32, 3]
 * batch.views["query"]!.values.length; // => 6144
 * batch.release();
 * await loader.close();
 * ```
 */
export function createViewLoader(options: ViewLoaderOptions): ViewLoader {
  const { files, seed, batchSize, slots: slotCount = 3, cacheMegabytes = 512, decode = "exact" } = options;
  const { maxCorruptShare = 0.01, background = false } = options;
  const workers = options.workers ?? Math.max(1, availableParallelism() - 1);
  for (const [name, value] of Object.entries({ batchSize, workers, slots: slotCount })) {
    if (!Number.isInteger(value) || value < 1) throw messages.invalidCount(name, value);
  }
  if (!(cacheMegabytes >= 0)) throw messages.invalidCacheMegabytes(cacheMegabytes);
  if (!(maxCorruptShare >= 0 && maxCorruptShare < 1)) throw messages.invalidMaxCorruptShare(maxCorruptShare);
  if (Object.keys(options.views).length === 0) throw messages.emptyViews();
  if (files.length === 0) throw messages.emptyFiles();
  if (!existsSync(worker)) throw messages.workerMissing(worker);

  const views = Object.entries(options.views).map(([name, recipe]) => {
    checkRecipe(recipe, `views.${name}`);
    const shape = viewShape(recipe);
    const bytes = shape.reduce((product, length) => product * length);
    return { name, recipe, shape, bytes, buffer: new SharedArrayBuffer(slotCount * batchSize * bytes) };
  });
  const slots = createSlots(slotCount);
  const totals = { batches: 0, images: 0, decoded: 0, decodeMs: 0, augmentMs: 0, waitMs: 0 };
  const corrupt = new Map<number, CorruptFile>();
  let closed: Error | undefined;
  let pool: Promise<Pool> | undefined;

  async function startPool(): Promise<Pool> {
    const budget = cacheMegabytes * 2 ** 20;
    const fits = budget > 0 && (await estimateDecodedBytes(files)) <= budget;
    const setup: WorkerSetup = {
      seed,
      batchSize,
      views,
      originals: fits ? createOriginals(files.length, budget) : undefined,
      decode,
      background,
    };
    const started = new Piscina<ViewTask, ViewTaskResult>({
      filename: worker,
      minThreads: workers,
      maxThreads: workers,
      workerData: setup,
    });
    // A thread died between tasks; the pool has replaced it.
    started.on("error", (error) => stopIfDeserted(started, error as Error));
    return started;
  }

  /** Tasks would wait forever in a pool that no longer replaces its threads. */
  function stopIfDeserted(running: Piscina, cause: Error): void {
    if (running.threads.length > 0 || closed !== undefined) return;
    closed = messages.noThreadsLeft(cause);
    slots.close(closed);
    void running.destroy();
  }

  /** The image itself, or the next in the list that is not known to be corrupt. */
  function sourceOf(index: number): number {
    while (corrupt.has(index)) index = (index + 1) % files.length;
    return index;
  }

  function cutIntoTasks(epoch: number, slot: number, rows: readonly Row[]): ViewTask[] {
    const images = rows.map(({ row, index }) => {
      const source = sourceOf(index);
      return { row, index, source, file: files[source]! };
    });
    const length = Math.min(LARGEST_TASK, Math.ceil(images.length / (2 * workers)));
    const tasks: ViewTask[] = [];
    for (let i = 0; i < images.length; i += length) {
      tasks.push({ epoch, slot, images: images.slice(i, i + length) });
    }
    return tasks;
  }

  /** Makes the views of these rows. Those of corrupt images are made again from other images. */
  async function fill(running: Pool, epoch: number, slot: number, rows: readonly Row[]): Promise<void> {
    // All tasks must end, even if one fails: the others still write into the slot.
    const tasks = cutIntoTasks(epoch, slot, rows).map((task) => runTask(running, task));
    const results = await Promise.allSettled(tasks);
    const failed = results.find(({ status }) => status === "rejected");
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    const found = results.flatMap((result) => (result.status === "fulfilled" ? result.value.corrupt : []));
    for (const each of found) note(each);
    if (found.length > 0) {
      await fill(
        running,
        epoch,
        slot,
        found.map(({ image }) => image),
      );
    }
  }

  function note({ image: { source, file }, found, advice }: CorruptImage): void {
    if (corrupt.has(source)) return;
    const name = imageFileName(file);
    const allowed = allowedCorrupt(files.length, maxCorruptShare);
    if (corrupt.size === allowed) {
      const others = [...corrupt.values()].map((each) => each.file);
      const named = others.slice(0, NAMED);
      throw messages.tooManyCorrupt(
        { file: name, found, advice },
        { others, named, files: files.length, allowed },
      );
    }
    corrupt.set(source, { index: source, file: name, found });
  }

  async function runTask(running: Pool, task: ViewTask): Promise<ViewTaskResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await running.run(task);
        totals.decoded += result.decoded;
        totals.decodeMs += result.decodeMs;
        totals.augmentMs += result.augmentMs;
        return result;
      } catch (error) {
        stopIfDeserted(running, error as Error);
        if (closed !== undefined) throw closed;
        if (attempt === ATTEMPTS) throw messages.threadsFailed(ATTEMPTS, error as Error);
      }
    }
  }

  return {
    workers,
    async load({ epoch, indices }) {
      checkIndices(indices, batchSize, files.length);
      const asked = performance.now();
      const slot = await slots.take();
      totals.waitMs += performance.now() - asked;
      try {
        pool ??= startPool();
        const running = await pool;
        if (closed !== undefined) throw closed;
        const rows = indices.map((index, row) => ({ row, index }));
        await fill(running, epoch, slot, rows);
      } catch (error) {
        slots.give(slot);
        throw error;
      }
      totals.batches++;
      totals.images += indices.length;

      let held = true;
      return {
        views: Object.fromEntries(
          views.map(({ name, shape, bytes, buffer }) => [
            name,
            {
              values: new Uint8Array(buffer, slot * batchSize * bytes, indices.length * bytes),
              shape: [indices.length, ...shape],
            },
          ]),
        ),
        indices: Int32Array.from(indices),
        release() {
          if (held) slots.give(slot);
          held = false;
        },
      };
    },
    async close() {
      closed ??= messages.loaderClosed();
      slots.close(closed);
      await (await pool)?.close({ force: true });
    },
    get corrupt() {
      return [...corrupt.values()];
    },
    get timings() {
      return { ...totals };
    },
  };
}

/** How many files may be corrupt. One must be left, or there would be nothing to show in their place. */
const allowedCorrupt = (files: number, share: number): number =>
  share === 0 ? 0 : Math.min(files - 1, Math.max(1, Math.floor(share * files)));

function checkIndices(indices: readonly number[], batchSize: number, files: number): void {
  if (indices.length < 1 || indices.length > batchSize) {
    throw messages.wrongBatch(indices.length, batchSize);
  }
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= files);
  if (wrong !== undefined) throw messages.indexOutOfRange(wrong, files);
}
