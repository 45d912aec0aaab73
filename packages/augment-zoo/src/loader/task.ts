import type { ImageFile } from "../image-file.ts";
import type { Recipe } from "../recipe.ts";
import type { SharedOriginals } from "./originals.ts";

/** How JPEGs are read; see ViewLoaderOptions. */
export type DecodeMode = "exact" | "fast";

/** What every worker thread is given once. Buffers are shared, not copied. */
export interface WorkerSetup {
  readonly seed: number;
  /** Rows of a slot, which is the largest batch. */
  readonly batchSize: number;
  readonly views: readonly SharedView[];
  /** Where decoded files are kept; absent if they would not fit. */
  readonly originals: SharedOriginals | undefined;
  readonly decode: DecodeMode;
  /** Whether the thread gives way to others. */
  readonly background: boolean;
}

/** One kind of view, and the memory for it: `bytes` for each image of [slots, batchSize]. */
export interface SharedView {
  readonly name: string;
  readonly recipe: Recipe;
  readonly bytes: number;
  readonly buffer: SharedArrayBuffer;
}

/** A part of a batch. */
export interface ViewTask {
  readonly epoch: number;
  readonly slot: number;
  readonly images: readonly TaskImage[];
}

/** The views of one image, to be written to row `row` of the slot. */
export interface TaskImage {
  readonly row: number;
  /** Whose random numbers the views have. */
  readonly index: number;
  /** Which image they show: `index`, or its substitute. */
  readonly source: number;
  readonly file: ImageFile;
}

/** What a task took, in milliseconds of one thread, and the images of it that could not be decoded. */
export interface ViewTaskResult {
  readonly decoded: number;
  readonly decodeMs: number;
  readonly augmentMs: number;
  readonly corrupt: readonly CorruptImage[];
}

export interface CorruptImage {
  readonly image: TaskImage;
  /** As in ImageError, which would lose its class on the way. */
  readonly found: string;
  readonly advice: string;
}
