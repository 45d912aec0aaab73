import type { Box, Image } from "./image.ts";
import { type Kernels, openKernels, SLACK } from "./kernels.ts";

/**
 * The image that operations work on, in the kernels' memory. All views of a thread use one canvas in turn,
 * and operations allocate nothing.
 *
 * Operations that map levels one by one do not change the pixels at once: `mapLevels` combines their tables
 * into one, which is applied when the pixels are needed.
 */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly kernels: Kernels;
  /** Loads the part `box` of an image. `bytes` is the size of the largest image until `read`. */
  load(image: Image, box: Box, bytes: number): void;
  /** Address of the pixels. */
  pixels(): number;
  /**
   * Address of the second buffer, for operations that cannot work in place; `turn` then makes it the image.
   */
  spare(): number;
  turn(width: number, height: number): void;
  /** Maps every level to table[level]; a table of 768 entries has one part per channel. */
  mapLevels(table: Uint8Array): void;
  /**
   * Counts of each level, 256 for red, then green, then blue, as `Image.histogram()`. Valid until the next
   * call.
   */
  histogram(): Uint32Array;
  /** Address of memory for an operation's own numbers. Valid until the next call. */
  workspace(bytes: number): number;
  /** The kernels' memory. Valid until the next call of `load` or `workspace`. */
  memory(): Uint8Array;
  /** Copies the pixels to `target`. */
  read(target: Uint8Array): void;
}

const LEVELS = 256;
const TABLES_BYTES = 3 * LEVELS;
const COUNTS_BYTES = 3 * LEVELS * 4;

/**
 * Largest memory of a canvas that is kept. Memory grows to the largest image and cannot shrink, so larger
 * ones are dropped.
 */
const KEPT_BYTES = 64 * 2 ** 20;

let kept: Canvas | undefined;

/** Calls `use` with this thread's canvas. */
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
