import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { Piscina } from "piscina";

import { checkRecipe } from "../check-recipe.ts";
import { ImageError, LoaderError } from "../errors.ts";
import { type ImageFile, imageFileName } from "../image-file.ts";
import type { Recipe } from "../recipe.ts";
import { outputShape } from "../recipe-size.ts";
import { createOriginals, estimateDecodedBytes } from "./originals.ts";
import { createSlots } from "./slots.ts";
import type { CorruptImage, DecodeMode, TaskImage, ViewTask, ViewTaskResult, WorkerSetup } from "./task.ts";

/** What a loader is made from. */
export interface ViewLoaderOptions {
  /** Paths, or places in larger files; an image is known by its place in this list. */
  readonly files: readonly ImageFile[];
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
  /**
   * "exact" where absent: Pillow's pixels. "fast" decodes a large JPEG at a quarter or an eighth of its size where every view of it
   * is smaller still by half, for views that differ by 2 levels in the mean at most. It does not matter to files that are kept.
   */
  readonly decode?: DecodeMode;
  /**
   * Share of the files that may turn out not to be decodable; 0.01 where absent. Views of another image stand in for such a file's.
   */
  readonly maxCorruptShare?: number;
  /**
   * Whether the threads give way to others that want the same cores (Linux: nice 10 more than the process); false where absent. For steps that
   * compute on the CPU: each of their threads waits for the slowest, so one that shares its core holds up all.
   */
  readonly background?: boolean;
}

/** A batch in shared memory. Nothing was copied, and nothing is the caller's to keep. */
export interface ViewBatch {
  /** [B, side, side, 3] bytes for each view, in the order of `indices`; [B, patches, side, side, 3] where `outputShape` says so. */
  readonly views: Readonly<Record<string, Uint8Array>>;
  readonly indices: Int32Array;
  /** Gives the memory back; the arrays must not be used afterwards. Calling again does nothing. */
  release(): void;
}

/**
 * Totals since the loader was made. Milliseconds of `decodeMs` and `augmentMs` are summed over threads, by a clock that only goes forward;
 * those of an image's decoding go on while its thread augments another.
 */
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

/** A file that could not be decoded. */
export interface CorruptFile {
  /** Its place in the loader's list of files. */
  readonly index: number;
  readonly file: string;
  readonly found: string;
}

/** Turns files into batches of augmented views, in worker threads. */
export interface ViewLoader {
  /**
   * Makes the views of these images. Call again before the first is done, and the batches are made side by side, as far as
   * there are slots; then `load` waits until a batch is released.
   *
   * In place of an image that cannot be decoded its views show the next one in the list that can. If a worker thread dies, another
   * takes its place and makes the same views again.
   *
   * @throws ImageError naming the file that cannot be decoded, if `maxCorruptShare` of the files could not be before; the loader
   * stays usable.
   * @throws LoaderError if the request is impossible, worker threads keep dying, or the loader is closed.
   */
  load(request: { readonly epoch: number; readonly indices: readonly number[] }): Promise<ViewBatch>;
  /** Ends all threads. Batches that are under way are refused. */
  close(): Promise<void>;
  /** Threads. */
  readonly workers: number;
  readonly timings: LoaderTimings;
  /** Files that could not be decoded so far. */
  readonly corrupt: readonly CorruptFile[];
}

type Pool = Piscina<ViewTask, ViewTaskResult>;

/** A row of a batch, and the image it is for. */
type Row = Pick<TaskImage, "row" | "index">;

/** Corrupt files that an error names; all are in `corrupt`. */
const NAMED = 5;

/** Threads run JavaScript: the build's, also when this file is run from source. */
const worker = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/loader/worker.js" : "./worker.js", import.meta.url),
);

/** A task that ended three threads would end the next one as well. */
const ATTEMPTS = 3;

/** Enough tasks per batch to share it out evenly, few enough that messages cost nothing. */
const LARGEST_TASK = 16;

/**
 * Starts a pool of threads that turn files into views.
 *
 * The random numbers of a view come from (seed, epoch, index, view name) alone, so they do not depend on `workers`, on which
 * images share a batch, or on the order of calls.
 *
 * @example
 * const loader = createViewLoader({ files, views: { query: mocoV2View({ size: 32 }) }, seed: 1, batchSize: 256 });
 * const batch = await loader.load({ epoch: 0, indices: [0, 1, 2] });
 * use(batch.views.query); // 3 * 32 * 32 * 3 bytes
 * batch.release();
 * await loader.close();
 */
export function createViewLoader(options: ViewLoaderOptions): ViewLoader {
  const { files, seed, batchSize, slots: slotCount = 3, cacheMegabytes = 512, decode = "exact" } = options;
  const { maxCorruptShare = 0.01, background = false } = options;
  const workers = options.workers ?? Math.max(1, availableParallelism() - 1);
  for (const [name, value] of Object.entries({ batchSize, workers, slots: slotCount })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new LoaderError(`${name} must be a whole number >= 1, got ${value}.`);
    }
  }
  if (!(cacheMegabytes >= 0)) {
    throw new LoaderError(`cacheMegabytes must be a number >= 0, got ${cacheMegabytes}.`);
  }
  if (!(maxCorruptShare >= 0 && maxCorruptShare < 1)) {
    throw new LoaderError(`maxCorruptShare must be a number in 0 .. 1, below 1, got ${maxCorruptShare}.`);
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
    const { side, patches } = outputShape(recipe);
    const bytes = patches * side * side * 3;
    return { name, recipe, bytes, buffer: new SharedArrayBuffer(slotCount * batchSize * bytes) };
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
    started.on("error", (error) => stopIfDeserted(started, error as Error)); // a thread died between tasks; the pool has replaced it
    return started;
  }

  /** A pool that has given up replacing its threads would leave tasks waiting for ever. */
  function stopIfDeserted(running: Piscina, cause: Error): void {
    if (running.threads.length > 0 || closed !== undefined) return;
    closed = new LoaderError(
      `The loader has no worker threads left (${cause.message}). Close it and create another one.`,
      { cause },
    );
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

  /** Makes the views of these rows. Those of corrupt images are made again, of other images. */
  async function fill(running: Pool, epoch: number, slot: number, rows: readonly Row[]): Promise<void> {
    // Wait for all of them even if one fails: the others still write into the slot.
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
    if (corrupt.size + 1 > maxCorruptShare * files.length) {
      const before = [...corrupt.values()].slice(0, NAMED).map((each) => each.file);
      const others = `${corrupt.size} of ${files.length} files were corrupt before it, such as ${before.join(", ")}.`;
      throw new ImageError(name, found, corrupt.size === 0 ? advice : `${advice} ${others}`);
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
        if (attempt === ATTEMPTS) throw lostBatch(error as Error);
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
          views.map(({ name, bytes, buffer }) => [
            name,
            new Uint8Array(buffer, slot * batchSize * bytes, indices.length * bytes),
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
      closed ??= new LoaderError("The loader is closed.");
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
    `Worker threads failed ${ATTEMPTS} times at the same images (${cause.message}). Memory may be short: try fewer workers.`,
    { cause },
  );
}
