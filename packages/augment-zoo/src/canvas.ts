import type { Box, Image } from "./image.ts";
import { type Kernels, openKernels, SLACK } from "./kernels.ts";

/**
 * The image that operations work on, in the kernels' memory. One canvas serves every view of a thread in
 * turn, so that no operation allocates.
 *
 * Operations that map each level on its own do not touch the pixels: `mapLevels` folds their tables into one,
 * which is applied when somebody asks for the pixels.
 */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly kernels: Kernels;
  /** Takes in the part `box` of an image. `bytes` is what the largest image between here and `read` needs. */
  load(image: Image, box: Box, bytes: number): void;
  /** Address of the pixels. */
  pixels(): number;
  /**
   * Address of the other buffer, for operations that cannot work in place; `turn` then makes it the image.
   */
  spare(): number;
  turn(width: number, height: number): void;
  /** Every level becomes table[level]; a table of 768 has one part per channel. */
  mapLevels(table: Uint8Array): void;
  /**
   * Counts of each level, 256 for red, then green, then blue. As `Image.histogram()`. Good until the next
   * call.
   */
  histogram(): Uint32Array;
  /** Address of room for an operation's own numbers, good until the next call. */
  workspace(bytes: number): number;
  /** The kernels' memory, good until the next call of `load` or `workspace`. */
  memory(): Uint8Array;
  /** Writes the pixels out. */
  read(target: Uint8Array): void;
}

const LEVELS = 256;
const TABLES_BYTES = 3 * LEVELS;
const COUNTS_BYTES = 3 * LEVELS * 4;

/**
 * Memory grows to the largest image and cannot shrink: beyond this a canvas is thrown away with its image.
 */
const KEPT_BYTES = 64 * 2 ** 20;

let kept: Canvas | undefined;

/** Lends out this thread's canvas. */
export function withCanvas<Result>(use: (canvas: Canvas) => Result): Result {
  const canvas = (kept ??= createCanvas());
  const result = use(canvas);
  if (canvas.memory().length > KEPT_BYTES) kept = undefined;
  return result;
}

function createCanvas(): Canvas {
  const kernels = openKernels();
  const tables = Math.ceil(kernels.firstFree() / SLACK) * SLACK;
  const counts = tables + TABLES_BYTES;
  const first = counts + COUNTS_BYTES + SLACK;
  const pending = new Uint8Array(TABLES_BYTES);
  const before = new Uint32Array(3 * LEVELS);
  const after = new Uint32Array(3 * LEVELS);
  let isPending = false;
  let width = 0;
  let height = 0;
  let front = first;
  let back = first;
  let end = first;
  let memory = new Uint8Array(kernels.memory.buffer);

  function reserve(bytes: number): void {
    const missing = bytes - memory.length;
    if (missing > 0) {
      kernels.memory.grow(Math.ceil(missing / 65536));
      memory = new Uint8Array(kernels.memory.buffer);
    }
  }

  const canvas: Canvas = {
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    kernels,
    load({ width: imageWidth, data }, box, bytes) {
      const room = Math.ceil((bytes + SLACK) / SLACK) * SLACK;
      front = first;
      back = first + room;
      end = first + 2 * room;
      reserve(end + SLACK);
      isPending = false;
      width = box.width;
      height = box.height;
      const row = width * 3;
      const start = (box.top * imageWidth + box.left) * 3;
      if (width === imageWidth) {
        memory.set(data.subarray(start, start + row * height), front);
        return;
      }
      for (let y = 0, from = start, to = front; y < height; y++, from += imageWidth * 3, to += row) {
        memory.set(data.subarray(from, from + row), to);
      }
    },
    pixels() {
      if (isPending) {
        memory.set(pending, tables);
        kernels.lookUp(front, width * height, tables);
        isPending = false;
      }
      return front;
    },
    spare: () => back,
    turn(newWidth, newHeight) {
      [front, back] = [back, front];
      width = newWidth;
      height = newHeight;
    },
    mapLevels(table) {
      const perChannel = table.length === TABLES_BYTES;
      for (let i = 0; i < TABLES_BYTES; i++) {
        const level = isPending ? pending[i]! : i & 255;
        pending[i] = table[perChannel ? (i & 768) | level : level]!;
      }
      isPending = true;
    },
    histogram() {
      memory.fill(0, counts, counts + COUNTS_BYTES);
      kernels.histogram(front, width * height, counts);
      before.set(new Uint32Array(kernels.memory.buffer, counts, 3 * LEVELS));
      if (!isPending) return before;
      after.fill(0);
      for (let i = 0; i < TABLES_BYTES; i++) after[(i & 768) | pending[i]!]! += before[i]!;
      return after;
    },
    workspace(bytes) {
      reserve(end + bytes + SLACK);
      return end;
    },
    memory: () => memory,
    read(target) {
      const from = canvas.pixels();
      target.set(memory.subarray(from, from + width * height * 3));
    },
  };
  return canvas;
}
