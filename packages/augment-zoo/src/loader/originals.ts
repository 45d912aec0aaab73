import { readSize } from "../decode.ts";
import type { Image } from "../image.ts";
import type { ImageFile } from "../image-file.ts";

/**
 * Decoded files in memory that all threads share, filled at first touch and kept over epochs.
 *
 * The arena is reserved whole; the operating system provides its pages when they are first written.
 */
export interface SharedOriginals {
  readonly arena: SharedArrayBuffer;
  /** One number: units of the arena that are taken. */
  readonly taken: SharedArrayBuffer;
  /** Four numbers per file: state, first unit, width, height. */
  readonly index: SharedArrayBuffer;
}

/** Offsets are counted in units of this many bytes, so that 32 bits reach far. */
const UNIT = 64;
const FIELDS = 4;
const ABSENT = 0;
const CLAIMED = 1;
const STORED = 2;

/** Memory for the decoded forms of `files` files, `bytes` in all. */
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
  /** Keeps an image, if no other thread is doing so and there is room. */
  put(file: number, image: Image): void;
}

export function openOriginals({ arena, taken, index }: SharedOriginals): Originals {
  const head = new Int32Array(taken);
  const entries = new Int32Array(index);
  return {
    get(file) {
      const entry = file * FIELDS;
      if (Atomics.load(entries, entry) !== STORED) return undefined;
      const [offset, width, height] = [entries[entry + 1]!, entries[entry + 2]!, entries[entry + 3]!];
      return { width, height, data: new Uint8Array(arena, offset * UNIT, width * height * 3) };
    },
    put(file, { width, height, data }) {
      const entry = file * FIELDS;
      if (Atomics.compareExchange(entries, entry, ABSENT, CLAIMED) !== ABSENT) return;
      const units = Math.ceil(data.length / UNIT);
      const offset = Atomics.add(head, 0, units);
      if ((offset + units) * UNIT > arena.byteLength) {
        Atomics.sub(head, 0, units); // a smaller image may fit; this one stays claimed and is decoded each time
        return;
      }
      new Uint8Array(arena, offset * UNIT, data.length).set(data);
      entries[entry + 1] = offset;
      entries[entry + 2] = width;
      entries[entry + 3] = height;
      Atomics.store(entries, entry, STORED);
    },
  };
}

/** Files looked at for an estimate. */
const SAMPLES = 16;

/**
 * Bytes of all files once decoded, from the headers of a few spread over the list. Unreadable ones are left
 * out.
 */
export async function estimateDecodedBytes(files: readonly ImageFile[]): Promise<number> {
  const count = Math.min(SAMPLES, files.length);
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) {
    const file = files[Math.floor((i * files.length) / count)]!;
    const size = await readSize(file).catch(() => undefined);
    if (size !== undefined) sizes.push(size.width * size.height * 3 + UNIT);
  }
  if (sizes.length === 0) return 0;
  return (sizes.reduce((sum, size) => sum + size, 0) / sizes.length) * files.length;
}
