import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { Piscina } from "piscina";

import { checkRecipe } from "../check-recipe.ts";
import { ImageError, LoaderError } from "../errors.ts";
import type { Recipe } from "../recipe.ts";
import { outputSize } from "../recipe-size.ts";
import { createOriginals, estimateDecodedBytes } from "./originals.ts";
import { createSlots } from "./slots.ts";
import type { ViewTask, ViewTaskResult, WorkerSetup } from "./task.ts";

/** What a loader is made from. */
export interface ViewLoaderOptions {
  /** Paths; an image is known by its place in this list. */
  readonly files: readonly string[];
  /** Every view to make of each image, by name. Each recipe ends in a fixed size. */
  readonly views: Readonly<Record<string, Recipe>>;
  readonly seed: number;
  /** Images in the largest batch. */
  readonly batchSize: number;
  /** Worker threads; all cores but one where absent, at least 1. The views do not depend on it. */
  readonly workers?: number;
  /** Batches that may be in memory at once, being made or in use; 3 where absent. */
  readonly slots?: number;
  /** Room for decoded files in shared memory, used if an estimate says that all of them fit; 512 where absent. */
  readonly cacheMegabytes?: number;
}

/** A batch in shared memory. Nothing was copied, and nothing is the caller's to keep. */
export interface ViewBatch {
  /** [B, side, side, 3] bytes for each view, in the order of `indices`. */
  readonly views: Readonly<Record<string, Uint8Array>>;
  readonly indices: Int32Array;
  /** Gives the memory back; the arrays must not be used afterwards. Calling again does nothing. */
  release(): void;
}

/** Totals since the loader was made. Milliseconds of `decodeMs` and `augmentMs` are summed over threads. */
export interface LoaderTimings {
  readonly batches: number;
  readonly images: number;
  /** Images that had to be decoded; the others were in memory. */
  readonly decoded: number;
  readonly decodeMs: number;
  readonly augmentMs: number;
  /** Time that calls of `load` spent waiting for a batch to be released. */
  readonly waitMs: number;
}

/** Turns files into batches of augmented views, in worker threads. */
export interface ViewLoader {
  /**
   * Makes the views of these images. Call again before the first is done, and the batches are made side by side, as far as
   * there are slots; then `load` waits until a batch is released.
   *
   * @throws ImageError naming the file that cannot be decoded; the loader stays usable.
   * @throws LoaderError if the request is impossible, a worker thread dies, or the loader is closed.
   */
  load(request: { readonly epoch: number; readonly indices: readonly number[] }): Promise<ViewBatch>;
  /** Ends all threads. Batches that are under way are refused. */
  close(): Promise<void>;
  readonly timings: LoaderTimings;
}

/** Threads run JavaScript: the build's, also when this file is run from source. */
const worker = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/loader/worker.js" : "./worker.js", import.meta.url),
);

/** Enough tasks per batch to share it out evenly, few enough that messages cost nothing. */
const LARGEST_TASK = 16;

/**
 * Starts a pool of threads that turn files into views.
 *
 * The random numbers of a view come from (seed, epoch, index, view name) alone, so they do not depend on `workers`, on which
 * images share a batch, or on the order of calls.
 *
 * @example
 * const loader = createViewLoader({ files, views: { query: mocoV2({ size: 32 }) }, seed: 1, batchSize: 256 });
 * const batch = await loader.load({ epoch: 0, indices: [0, 1, 2] });
 * use(batch.views.query); // 3 * 32 * 32 * 3 bytes
 * batch.release();
 * await loader.close();
 */
export function createViewLoader(options: ViewLoaderOptions): ViewLoader {
  const { files, seed, batchSize, slots: slotCount = 3, cacheMegabytes = 512 } = options;
  const workers = options.workers ?? Math.max(1, availableParallelism() - 1);
  for (const [name, value] of Object.entries({ batchSize, workers, slots: slotCount })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new LoaderError(`${name} must be a whole number >= 1, got ${value}.`);
    }
  }
  if (!(cacheMegabytes >= 0)) {
    throw new LoaderError(`cacheMegabytes must be a number >= 0, got ${cacheMegabytes}.`);
  }
  if (Object.keys(options.views).length === 0) {
    throw new LoaderError("views must name at least one recipe, got none.");
  }
  if (files.length === 0) throw new LoaderError("files must name at least one image, got an empty list.");
  if (!existsSync(worker)) {
    throw new LoaderError(`${worker} does not exist. Build it first: npx tsc -b packages/augment-zoo`);
  }

  const views = Object.entries(options.views).map(([name, recipe]) => {
    checkRecipe(recipe, `views.${name}`);
    const side = outputSize(recipe);
    return { name, recipe, side, buffer: new SharedArrayBuffer(slotCount * batchSize * side * side * 3) };
  });
  const slots = createSlots(slotCount);
  const totals = { batches: 0, images: 0, decoded: 0, decodeMs: 0, augmentMs: 0, waitMs: 0 };
  let closed: Error | undefined;
  let pool: Promise<Piscina<ViewTask, ViewTaskResult>> | undefined;

  async function startPool(): Promise<Piscina<ViewTask, ViewTaskResult>> {
    const budget = cacheMegabytes * 2 ** 20;
    const fits = budget > 0 && (await estimateDecodedBytes(files)) <= budget;
    const setup: WorkerSetup = {
      seed,
      batchSize,
      views,
      originals: fits ? createOriginals(files.length, budget) : undefined,
    };
    const started = new Piscina<ViewTask, ViewTaskResult>({
      filename: worker,
      minThreads: workers,
      maxThreads: workers,
      workerData: setup,
    });
    started.on("error", () => stopIfDeserted(started)); // a thread died between tasks; the pool has replaced it
    return started;
  }

  /** A pool that has given up replacing its threads would leave tasks waiting for ever. */
  function stopIfDeserted(running: Piscina): void {
    if (running.threads.length > 0 || closed !== undefined) return;
    closed = new LoaderError("The loader has no worker threads left. Close it and create another one.");
    slots.close(closed);
    void running.destroy();
  }

  function cutIntoTasks(epoch: number, slot: number, indices: readonly number[]): ViewTask[] {
    const length = Math.min(LARGEST_TASK, Math.ceil(indices.length / (2 * workers)));
    const tasks: ViewTask[] = [];
    for (let row = 0; row < indices.length; row += length) {
      const part = indices.slice(row, row + length);
      tasks.push({ epoch, slot, row, indices: part, files: part.map((index) => files[index]!) });
    }
    return tasks;
  }

  async function runTask(running: Piscina<ViewTask, ViewTaskResult>, task: ViewTask): Promise<void> {
    let result: ViewTaskResult;
    try {
      result = await running.run(task);
    } catch (error) {
      stopIfDeserted(running);
      throw closed ?? lostBatch(error as Error);
    }
    if ("failure" in result) {
      const { file, found, advice } = result.failure;
      throw new ImageError(file, found, advice);
    }
    totals.decoded += result.decoded;
    totals.decodeMs += result.decodeMs;
    totals.augmentMs += result.augmentMs;
  }

  return {
    async load({ epoch, indices }) {
      checkIndices(indices, batchSize, files.length);
      const asked = performance.now();
      const slot = await slots.take();
      totals.waitMs += performance.now() - asked;
      try {
        pool ??= startPool();
        const running = await pool;
        if (closed !== undefined) throw closed;
        // Wait for all of them even if one fails: the others still write into the slot.
        const tasks = cutIntoTasks(epoch, slot, indices).map((task) => runTask(running, task));
        const failed = (await Promise.allSettled(tasks)).find(({ status }) => status === "rejected");
        if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
      } catch (error) {
        slots.give(slot);
        throw error;
      }
      totals.batches++;
      totals.images += indices.length;

      let held = true;
      return {
        views: Object.fromEntries(
          views.map(({ name, side, buffer }) => {
            const bytes = side * side * 3;
            return [name, new Uint8Array(buffer, slot * batchSize * bytes, indices.length * bytes)];
          }),
        ),
        indices: Int32Array.from(indices),
        release() {
          if (held) slots.give(slot);
          held = false;
        },
      };
    },
    async close() {
      closed ??= new LoaderError("The loader is closed.");
      slots.close(closed);
      await (await pool)?.close({ force: true });
    },
    get timings() {
      return { ...totals };
    },
  };
}

function checkIndices(indices: readonly number[], batchSize: number, files: number): void {
  if (indices.length < 1 || indices.length > batchSize) {
    throw new LoaderError(
      `load: indices must hold 1 .. ${batchSize} (batchSize) images, got ${indices.length}.`,
    );
  }
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= files);
  if (wrong !== undefined) {
    throw new LoaderError(`load: indices must be whole numbers in 0 .. ${files - 1}, got ${wrong}.`);
  }
}

function lostBatch(cause: Error): LoaderError {
  return new LoaderError(
    `A worker thread failed and its batch is lost (${cause.message}). Load the batch again; if that fails too, memory may be short: try fewer workers.`,
    { cause },
  );
}
