import { openImage } from "../decoding/open-image.ts";
import type { Image } from "../image.ts";
import type { ImageFile } from "../image-file.ts";
import type { PixelPipeline } from "./pixel-pipeline.ts";

/**
 * A cache of decoded files in memory that all threads share. A file is added at its first use and kept for
 * all epochs.
 *
 * The whole arena is reserved at the start; the operating system provides its pages when they are first
 * written.
 */
export interface SharedOriginals {
  readonly arena: SharedArrayBuffer;
  /** One number: units of the arena in use. */
  readonly taken: SharedArrayBuffer;
  /** Four numbers per file: state, first unit, width, height. */
  readonly index: SharedArrayBuffer;
}

/** Bytes of a unit, in which offsets are counted, because offsets in bytes would exceed 32 bits. */
const UNIT = 64;
const FIELDS = 4;
const ABSENT = 0;
const CLAIMED = 1;
const STORED = 2;

/** Creates a cache of `bytes` bytes for `files` files. */
export function createOriginals(files: number, bytes: number): SharedOriginals {
  return {
    arena: new SharedArrayBuffer(bytes - (bytes % UNIT)),
    taken: new SharedArrayBuffer(4),
    index: new SharedArrayBuffer(files * FIELDS * 4),
  };
}

/** One thread's access to the shared originals. */
export interface Originals {
  get(file: number): Image | undefined;
  /** Adds an image, unless another thread does so or there is no room. */
  put(file: number, image: Image): void;
}

/** @param pixelBytes of a decoded pixel. */
export function openOriginals({ arena, taken, index }: SharedOriginals, pixelBytes = 3): Originals {
  const head = new Int32Array(taken);
  const entries = new Int32Array(index);
  return {
    get(file) {
      const entry = file * FIELDS;
      if (Atomics.load(entries, entry) !== STORED) return undefined;
      const [offset, width, height] = [entries[entry + 1]!, entries[entry + 2]!, entries[entry + 3]!];
      return { width, height, data: new Uint8Array(arena, offset * UNIT, width * height * pixelBytes) };
    },
    put(file, { width, height, data }) {
      const entry = file * FIELDS;
      if (Atomics.compareExchange(entries, entry, ABSENT, CLAIMED) !== ABSENT) return;
      const offset = reserve(head, Math.ceil(data.length / UNIT), arena.byteLength / UNIT);
      // A smaller image may fit. This one stays claimed and is decoded at each use.
      if (offset === undefined) return;
      new Uint8Array(arena, offset * UNIT, data.length).set(data);
      entries[entry + 1] = offset;
      entries[entry + 2] = width;
      entries[entry + 3] = height;
      Atomics.store(entries, entry, STORED);
    },
  };
}

/**
 * Reserves units of the arena; undefined if there are too few. What is reserved is never given back: two
 * threads that add, find no room and subtract could leave the counter below what a third has reserved between
 * them.
 */
function reserve(taken: Int32Array, units: number, all: number): number | undefined {
  for (let offset = Atomics.load(taken, 0); ;) {
    if (offset + units > all) return undefined;
    const found = Atomics.compareExchange(taken, 0, offset, offset + units);
    if (found === offset) return offset;
    offset = found;
  }
}

/** Number of files that are read for an estimate. */
const SAMPLES = 16;

/**
 * Estimates the bytes of all decoded files from the headers of some, evenly spread. Unreadable files are
 * ignored.
 */
export async function estimateDecodedBytes(
  files: readonly ImageFile[],
  { decodedBytes, sizeOf }: Pick<PixelPipeline, "decodedBytes" | "sizeOf">,
): Promise<number> {
  const count = Math.min(SAMPLES, files.length);
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) {
    const file = files[Math.floor((i * files.length) / count)]!;
    const size = await openImage(file)
      .then(sizeOf)
      .catch(() => undefined);
    if (size !== undefined) sizes.push(size.width * size.height * decodedBytes + UNIT);
  }
  if (sizes.length === 0) return 0;
  return (sizes.reduce((sum, size) => sum + size, 0) / sizes.length) * files.length;
}
