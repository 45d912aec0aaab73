import type { SeenLevels } from "../decoding/levels.ts";
import type { ErrorData } from "../errors.ts";
import type { ImageFile } from "../image-file.ts";
import type { ImageDecoding } from "../pixel-format.ts";
import type { Recipe } from "../recipe.ts";
import type { SharedOriginals } from "./originals.ts";

/** How JPEGs are decoded; see `ViewLoaderOptions`. */
export type DecodeMode = "exact" | "fast";

/** Data that every worker thread gets at its start. Buffers are shared, not copied. */
export interface WorkerSetup {
  readonly seed: number;
  /** Number of rows of a slot: images in the largest batch. */
  readonly batchSize: number;
  readonly views: readonly SharedView[];
  /** Cache of decoded files; undefined if they would not fit. */
  readonly originals: SharedOriginals | undefined;
  readonly decode: DecodeMode;
  readonly decoding: ImageDecoding;
  /** Whether the thread has a lower priority. */
  readonly background: boolean;
}

/** A view, and its memory: `bytes` for each image of [slots, batchSize]. */
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
  /** Place of the image whose random numbers the views have. */
  readonly index: number;
  /** Place of the image that they show: `index`, or its substitute. */
  readonly source: number;
  readonly file: ImageFile;
}

/** Milliseconds of one thread that a task took, and what it found. */
export interface ViewTaskResult {
  readonly decoded: number;
  readonly decodeMs: number;
  readonly augmentMs: number;
  readonly probe: DecodeProbe;
  /** Images that could not be decoded. */
  readonly corrupt: readonly CorruptImage[];
  /** An image of 16 bits that uses less than a quarter of its levels. */
  readonly narrow?: SeenLevels & { readonly file: string };
  /**
   * Why no image could be read: a server does not answer. As in `LoaderError`, which would lose its class.
   */
  readonly fault?: { readonly message: string; readonly data: ErrorData };
}

/** Images that were decoded once more in both ways, and the milliseconds that each took. */
export interface DecodeProbe {
  readonly images: number;
  readonly exactMs: number;
  /** With `decode: "fast"`; images that this does not change count with what they took exactly. */
  readonly fastMs: number;
}

export interface CorruptImage {
  readonly image: TaskImage;
  /** As in `ImageError`, which would lose its class between threads. */
  readonly found: string;
  readonly advice: string;
  readonly kind: string;
}
