import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { Piscina } from "piscina";

import { checkRecipe } from "../check-recipe.ts";
import type { SeenLevels } from "../decoding/levels.ts";
import type { ImageFile } from "../image-file.ts";
import { notForBands } from "../messages/bands.ts";
import {
  emptyFiles,
  emptyViews,
  indexOutOfRange,
  invalidCacheMegabytes,
  invalidCount,
  invalidMaxCorruptShare,
  invalidRange,
  loaderClosed,
  wrongBatch,
} from "../messages/loader.ts";
import { noThreadsLeft, workerMissing } from "../messages/threads.ts";
import type { Recipe } from "../recipe.ts";
import { type ImageDecoding, pixelFormat } from "../pixel-format.ts";
import { unsuitable } from "../unsuitable.ts";
import { viewShape } from "../view-shape.ts";
import { type CorruptFile, countCorruptFiles } from "./corrupt-files.ts";
import { tellOfFewDecoders } from "./decoder-threads.ts";
import { createOriginals, estimateDecodedBytes } from "./originals.ts";
import { createTaskRunner, type TaskRunner } from "./run-tasks.ts";
import { pixelPipeline } from "./pixel-pipeline.ts";
import { createSlots } from "./slots.ts";
import type { DecodeMode, DecodeProbe, TaskImage, ViewTask, ViewTaskResult, WorkerSetup } from "./task.ts";

/** Options of a loader. */
export interface ViewLoaderOptions extends ImageDecoding {
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
   * Largest share of files that cannot be decoded, 0 to 1; one file may always be such, unless it is 0.
   * Default 0.01. Views of another image take their place.
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
  /**
   * The channels of each pixel in turn, red, green and blue unless `channels` says otherwise: levels
   * 0 .. 255, or with `depth: 32` numbers 0 .. 1.
   */
  readonly values: Uint8Array | Float32Array;
  /**
   * The number of images, then the recipe's `viewShape`: `[B, height, width, channels]` or
   * `[B, patches, height, width, channels]`.
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
  /** What `decode: "fast"` would bring: one JPEG of 128 is decoded both ways, if decoding is exact. */
  readonly probe: DecodeProbe;
}

/** Makes batches of augmented views from files, in worker threads. */
export interface ViewLoader {
  /**
   * Makes the views of these images. Several calls run at the same time, as long as there are slots; further
   * calls wait until a batch is released.
   *
   * The views of an image that cannot be decoded show the next image in the list that can. If a worker thread
   * dies, another one makes the same views; a file on which three threads die counts as corrupt.
   *
   * @throws {ImageError} for a file that cannot be decoded, if `maxCorruptShare` of the files could not be
   * decoded before; the loader can still be used.
   * @throws {LoaderError} if the request is impossible, worker threads fail at one file after another, a
   * server cannot be read, or the loader is closed.
   */
  load(request: { readonly epoch: number; readonly indices: readonly number[] }): Promise<ViewBatch>;
  /** Ends all threads. Batches in preparation are refused. */
  close(): Promise<void>;
  /** Number of worker threads. */
  readonly workers: number;
  readonly timings: LoaderTimings;
  /** Files that could not be decoded so far. */
  readonly corrupt: readonly CorruptFile[];
  /** The first image of 16 bits that was found to use less than a quarter of its levels. */
  readonly narrow: NarrowImage | undefined;
  /** The cache of decoded files; undefined before the first batch. */
  readonly cache: CacheUse | undefined;
}

/** An image of 16 bits, and the levels that it has. */
export interface NarrowImage extends SeenLevels {
  readonly file: string;
}

export interface CacheUse {
  /** Whether decoded files are kept. */
  readonly isUsed: boolean;
  /** Bytes of all decoded files, estimated by the headers of sixteen; absent where there is no cache. */
  readonly bytesNeeded?: number;
}

interface Pool {
  readonly threads: Piscina<ViewTask, ViewTaskResult>;
  readonly runner: TaskRunner;
}

/** A row of a batch, and its image. */
type Row = Pick<TaskImage, "row" | "index">;

/** Threads run the built JavaScript, even if this file runs from source. */
const worker = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/loader/worker.js" : "./worker.js", import.meta.url),
);

/**
 * Room for originals that are estimated to take so much: the estimate is by some of them. A cache that was
 * asked for is not reserved beyond that, because no machine has a room without end.
 */
const arenaBytes = (needed: number, budget: number): number =>
  Math.min(budget, Math.max(4 * needed, 2 ** 26));

/**
 * Images in the largest task: small enough to distribute a batch evenly, large enough that messages cost
 * little.
 */
const LARGEST_TASK = 16;

/**
 * Images in the smallest task, unless a batch has fewer: a task costs the main thread about 60 microseconds.
 * Where a batch then has fewer tasks than there are workers, those of the next batches fill them.
 */
const SMALLEST_TASK = 4;

/**
 * The threads load their module with `import`. Where they could `require` it, Node aborts the whole process
 * if a thread is ended while it does so: a loader that is closed right after its first batch ended the
 * program.
 */
const IMPORT_ONLY = "--no-experimental-require-module";
const threadOptions = process.allowedNodeEnvironmentFlags.has(IMPORT_ONLY) ? [IMPORT_ONLY] : [];

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
  const { range, maxCorruptShare = 0.01, background = false } = options;
  const { channels, depth } = pixelFormat(options);
  const decoding: ImageDecoding = { channels, depth, ...(range === undefined ? {} : { range }) };
  const pipeline = pixelPipeline(decoding);
  const workers = options.workers ?? Math.max(1, availableParallelism() - 1);
  for (const [name, value] of Object.entries({ batchSize, workers, slots: slotCount })) {
    if (!Number.isInteger(value) || value < 1) throw invalidCount(name, value);
  }
  if (!(cacheMegabytes >= 0)) throw invalidCacheMegabytes(cacheMegabytes);
  if (!(maxCorruptShare >= 0 && maxCorruptShare < 1)) throw invalidMaxCorruptShare(maxCorruptShare);
  if (range !== undefined && !(range[0] < range[1])) throw invalidRange(range);
  if (Object.keys(options.views).length === 0) throw emptyViews();
  if (files.length === 0) throw emptyFiles();
  if (!existsSync(worker)) throw workerMissing(worker);

  const views = Object.entries(options.views).map(([name, recipe]) => {
    checkRecipe(recipe, `views.${name}`);
    const [reason] = unsuitable(recipe, { channels, depth });
    if (reason !== undefined) throw notForBands(`views.${name}`, reason);
    const shape = viewShape(recipe, channels);
    const bytes = (shape.reduce((product, length) => product * length) * depth) / 8;
    return { name, recipe, shape, bytes, buffer: new SharedArrayBuffer(slotCount * batchSize * bytes) };
  });
  const slots = createSlots(slotCount);
  const totals = { batches: 0, images: 0, decoded: 0, decodeMs: 0, augmentMs: 0, waitMs: 0 };
  const probe = { images: 0, exactMs: 0, fastMs: 0 };
  const corrupt = countCorruptFiles(files, maxCorruptShare);
  let narrow: NarrowImage | undefined;
  let cache: CacheUse | undefined;
  let closed: Error | undefined;
  let pool: Promise<Pool> | undefined;

  async function startPool(): Promise<Pool> {
    const budget = cacheMegabytes * 2 ** 20;
    const bytesNeeded = budget > 0 ? await estimateDecodedBytes(files, pipeline) : undefined;
    const fits = bytesNeeded !== undefined && bytesNeeded <= budget;
    cache = { isUsed: fits, ...(bytesNeeded === undefined ? {} : { bytesNeeded }) };
    tellOfFewDecoders(workers);
    const setup: WorkerSetup = {
      seed,
      batchSize,
      views,
      originals: fits ? createOriginals(files.length, arenaBytes(bytesNeeded, budget)) : undefined,
      decode,
      decoding,
      background,
    };
    const started = new Piscina<ViewTask, ViewTaskResult>({
      filename: worker,
      minThreads: workers,
      maxThreads: workers,
      workerData: setup,
      execArgv: threadOptions,
    });
    // A thread died between tasks; the pool has replaced it.
    started.on("error", (error) => stopIfDeserted(started, error as Error));
    const onFailure = (error: Error): void => {
      stopIfDeserted(started, error);
      if (closed !== undefined) throw closed;
    };
    return { threads: started, runner: createTaskRunner((task) => started.run(task), onFailure) };
  }

  /** Tasks would wait forever in a pool that no longer replaces its threads. */
  function stopIfDeserted(running: Piscina, cause: Error): void {
    if (running.threads.length > 0 || closed !== undefined) return;
    closed = noThreadsLeft(cause);
    slots.close(closed);
    void running.destroy();
  }

  function cutIntoTasks(epoch: number, slot: number, rows: readonly Row[]): ViewTask[] {
    const images = rows.map(({ row, index }) => {
      const source = corrupt.sourceOf(index);
      return { row, index, source, file: files[source]! };
    });
    const even = Math.ceil(images.length / (2 * workers));
    const length = Math.min(LARGEST_TASK, Math.max(SMALLEST_TASK, even));
    const tasks: ViewTask[] = [];
    for (let i = 0; i < images.length; i += length) {
      tasks.push({ epoch, slot, images: images.slice(i, i + length) });
    }
    return tasks;
  }

  /** Makes the views of these rows. Those of corrupt images are made again from other images. */
  async function fill(running: TaskRunner, epoch: number, slot: number, rows: readonly Row[]): Promise<void> {
    // All tasks must end, even if one fails: the others still write into the slot.
    const tasks = cutIntoTasks(epoch, slot, rows).map((task) => running.run(task));
    const ended = await Promise.allSettled(tasks);
    const failed = ended.find(({ status }) => status === "rejected");
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    const results = ended.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    for (const result of results) count(result);
    const found = results.flatMap((result) => result.corrupt);
    for (const { image, ...error } of found) corrupt.add(image.source, error);
    if (found.length > 0) {
      await fill(
        running,
        epoch,
        slot,
        found.map(({ image }) => image),
      );
    }
  }

  function count(result: ViewTaskResult): void {
    totals.decoded += result.decoded;
    totals.decodeMs += result.decodeMs;
    totals.augmentMs += result.augmentMs;
    probe.images += result.probe.images;
    probe.exactMs += result.probe.exactMs;
    probe.fastMs += result.probe.fastMs;
    if (range === undefined) narrow ??= result.narrow;
  }

  const valuesOf = (buffer: SharedArrayBuffer, start: number, length: number) =>
    depth === 8 ? new Uint8Array(buffer, start, length) : new Float32Array(buffer, start, length / 4);

  return {
    workers,
    async load({ epoch, indices }) {
      checkIndices(indices, batchSize, files.length);
      const asked = performance.now();
      const slot = await slots.take();
      totals.waitMs += performance.now() - asked;
      try {
        pool ??= startPool();
        const { runner } = await pool;
        if (closed !== undefined) throw closed;
        const rows = indices.map((index, row) => ({ row, index }));
        await fill(runner, epoch, slot, rows);
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
              values: valuesOf(buffer, slot * batchSize * bytes, indices.length * bytes),
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
      closed ??= loaderClosed();
      slots.close(closed);
      await (await pool)?.threads.close({ force: true });
    },
    get corrupt() {
      return corrupt.list;
    },
    get narrow() {
      return narrow;
    },
    get cache() {
      return cache;
    },
    get timings() {
      return { ...totals, probe: { ...probe } };
    },
  };
}

function checkIndices(indices: readonly number[], batchSize: number, files: number): void {
  if (indices.length < 1 || indices.length > batchSize) {
    throw wrongBatch(indices.length, batchSize);
  }
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= files);
  if (wrong !== undefined) throw indexOutOfRange(wrong, files);
}
