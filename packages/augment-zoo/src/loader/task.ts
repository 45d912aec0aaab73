import type { Recipe } from "../recipe.ts";
import type { SharedOriginals } from "./originals.ts";

/** What every worker thread is given once. Buffers are shared, not copied. */
export interface WorkerSetup {
  readonly seed: number;
  /** Rows of a slot, which is the largest batch. */
  readonly batchSize: number;
  readonly views: readonly SharedView[];
  /** Where decoded files are kept; absent if they would not fit. */
  readonly originals: SharedOriginals | undefined;
}

/** One kind of view, and the memory for it: [slots, batchSize, side, side, 3] bytes. */
export interface SharedView {
  readonly name: string;
  readonly recipe: Recipe;
  readonly side: number;
  readonly buffer: SharedArrayBuffer;
}

/** A part of a batch: the views of some images, to be written from row `row` of slot `slot` on. */
export interface ViewTask {
  readonly epoch: number;
  readonly slot: number;
  readonly row: number;
  readonly indices: readonly number[];
  readonly files: readonly string[];
}

/** What a task took, in milliseconds of one thread; or the file that could not be decoded (errors lose their class on the way). */
export type ViewTaskResult =
  | { readonly decoded: number; readonly decodeMs: number; readonly augmentMs: number }
  | { readonly failure: { readonly file: string; readonly found: string; readonly advice: string } };
