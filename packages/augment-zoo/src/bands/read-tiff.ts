import { inflateSync } from "node:zlib";

import { tiffUnusable } from "../messages/bands.ts";
import { corruptImage } from "../messages/images.ts";
import { BYTES_OF, readSample, type Samples, type SampleType } from "./samples.ts";
import { unpackLzw } from "./tiff-lzw.ts";

/** Tags of TIFF 6.0 that say where the numbers are and what they are. */
const TAG = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  orientation: 274,
  channels: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  format: 339,
} as const;

/** Bytes of a value by its type: BYTE, ASCII, SHORT, LONG. */
const BYTES = [0, 1, 1, 2, 4];

/** Number types by the bits and the format of a sample: 1 unsigned, 2 signed, 3 floating point. */
const TYPES: Readonly<Record<string, SampleType>> = {
  "8/1": "uint8",
  "16/1": "uint16",
  "16/2": "int16",
  "32/3": "float32",
};

/** Numbers of the largest image, which take half a gigabyte. */
const MOST_NUMBERS = 2 ** 27;

type Tags = ReadonlyMap<number, readonly number[]>;

/** What a TIFF's header says of its bands. */
export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly type: SampleType;
}

/** The layout of a TIFF's first image. @throws {ImageError} where it is none that is read as bands. */
export function tiffLayout(name: string, bytes: Uint8Array): TiffLayout {
  return layoutOf(name, allTags(name, bytes));
}

/**
 * Reads the first image of a TIFF as the numbers that it holds, of any number of bands: strips or tiles,
 * bands side by side or one after another, uncompressed, LZW or Deflate, with predictors (TIFF 6.0, and
 * Adobe's technical note 3 for floating point).
 *
 * @throws {ImageError} naming the file, and what it has that is not read.
 */
export function readTiff(name: string, bytes: Uint8Array): Samples {
  const tags = allTags(name, bytes);
  const { width, height, channels, type } = layoutOf(name, tags);
  const one = (tag: number, otherwise: number): number => tags.get(tag)?.[0] ?? otherwise;
  const isTiled = tags.has(TAG.tileOffsets);
  const block = isTiled
    ? { width: one(TAG.tileWidth, width), height: one(TAG.tileHeight, height) }
    : { width, height: Math.min(height, one(TAG.rowsPerStrip, height)) };
  const isApart = one(TAG.planar, 1) === 2;
  const perPixel = isApart ? 1 : channels; // numbers of a pixel in a block
  const across = Math.ceil(width / block.width);
  const down = Math.ceil(height / block.height);
  const offsets = tags.get(isTiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [];
  const lengths = tags.get(isTiled ? TAG.tileBytes : TAG.stripBytes) ?? [];
  if (offsets.length < across * down * (isApart ? channels : 1) || lengths.length < offsets.length) {
    throw corruptImage(name, "too few strips or tiles", bytes.length, undefined);
  }
  const rowBytes = block.width * perPixel * BYTES_OF[type];
  const data = new Float32Array(width * height * channels);
  offsets.forEach((offset, i) => {
    const band = isApart ? Math.floor(i / (across * down)) : 0;
    const place = i % (across * down);
    const left = (place % across) * block.width;
    const top = Math.floor(place / across) * block.height;
    const rows = Math.min(block.height, height - top);
    if (band >= channels || rows <= 0) return;
    const packed = bytes.subarray(offset, offset + lengths[i]!);
    const unpacked = unpack(name, packed, one(TAG.compression, 1), rowBytes * block.height);
    if (unpacked.length < rowBytes * rows) {
      throw corruptImage(name, "a strip or tile is cut short", bytes.length, undefined);
    }
    const read = numbersOf(name, unpacked, {
      ...{ type, rowBytes, perPixel },
      predictor: one(TAG.predictor, 1),
      isLittle: bytes[0] === 0x49,
    });
    const columns = Math.min(block.width, width - left);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let c = 0; c < perPixel; c++) {
          data[((top + y) * width + left + x) * channels + band + c] = read(y, x * perPixel + c);
        }
      }
    }
  });
  return { width, height, channels, type, data };
}

function layoutOf(name: string, tags: Tags): TiffLayout {
  const one = (tag: number, otherwise: number): number => tags.get(tag)?.[0] ?? otherwise;
  const bits = tags.get(TAG.bits) ?? [1];
  const type = TYPES[`${bits[0]!}/${one(TAG.format, 1)}`];
  const [width, height, channels] = [one(TAG.width, 0), one(TAG.height, 0), one(TAG.channels, 1)];
  if (type === undefined || bits.some((each) => each !== bits[0])) {
    const kind = ["", "whole", "signed whole", "floating-point"][one(TAG.format, 1)] ?? "other";
    throw tiffUnusable(name, `${kind} numbers of ${bits.join(", ")} bits`);
  }
  if (one(TAG.photometric, 1) === 3) throw tiffUnusable(name, "a palette");
  if (one(TAG.photometric, 1) === 0) throw tiffUnusable(name, "levels in which 0 is white");
  if (one(TAG.photometric, 1) >= 6) throw tiffUnusable(name, "colours that are no bands (YCbCr, Lab)");
  if (one(TAG.orientation, 1) !== 1) throw tiffUnusable(name, "an orientation");
  if (width < 1 || height < 1 || channels < 1) throw tiffUnusable(name, "no pixels");
  if (width * height * channels > MOST_NUMBERS) {
    throw tiffUnusable(name, `more than ${MOST_NUMBERS / 2 ** 20} million numbers`);
  }
  return { width, height, channels, type };
}

/** All values of each tag of the first image, as far as they are whole numbers. */
function allTags(name: string, file: Uint8Array): Tags {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const isLittle = file[0] === 0x49;
  const tags = new Map<number, readonly number[]>();
  try {
    if (view.getUint16(2, isLittle) !== 42) throw tiffUnusable(name, "more than 4 GiB of room (BigTIFF)");
    const directory = view.getUint32(4, isLittle);
    const count = view.getUint16(directory, isLittle);
    for (let i = 0, at = directory + 2; i < count; i++, at += 12) {
      const [tag, type] = [view.getUint16(at, isLittle), view.getUint16(at + 2, isLittle)];
      const values = view.getUint32(at + 4, isLittle);
      const size = BYTES[type] ?? 0;
      if (size === 0 || values > file.length) continue;
      const place = size * values <= 4 ? at + 8 : view.getUint32(at + 8, isLittle);
      const read = (j: number): number =>
        size === 1
          ? view.getUint8(place + j)
          : size === 2
            ? view.getUint16(place + 2 * j, isLittle)
            : view.getUint32(place + 4 * j, isLittle);
      tags.set(
        tag,
        Array.from({ length: values }, (_, j) => read(j)),
      );
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw corruptImage(name, "a tag points outside the file", file.length, error);
  }
  return tags;
}

function unpack(name: string, packed: Uint8Array, compression: number, most: number): Uint8Array {
  switch (compression) {
    case 1:
      return packed;
    case 5:
      return unpackLzw(packed, most);
    case 8:
    case 32946:
      try {
        return inflateSync(packed, { maxOutputLength: most });
      } catch (error) {
        throw corruptImage(name, (error as Error).message, packed.length, error);
      }
    default:
      throw tiffUnusable(name, `compression ${compression}`);
  }
}

/** How numbers are stored in a strip or tile. */
interface Storage {
  readonly type: SampleType;
  readonly rowBytes: number;
  /** Numbers of a pixel. */
  readonly perPixel: number;
  /** 1: as they are; 2 and 3: as differences from the pixel before. */
  readonly predictor: number;
  readonly isLittle: boolean;
}

/** Reads number `i` of row `y` of a strip or tile. */
type ReadNumber = (y: number, i: number) => number;

function numbersOf(name: string, bytes: Uint8Array, storage: Storage): ReadNumber {
  const { type, predictor, isLittle } = storage;
  if (predictor === 1) return stored(bytes, storage, isLittle);
  if (predictor === 3 && type === "float32") return stored(floatsOf(bytes, storage), storage, false);
  if (predictor !== 2 || type === "float32") throw tiffUnusable(name, `predictor ${predictor}`);
  return summed(bytes, storage, { uint8: Uint8Array, uint16: Uint16Array, int16: Int16Array }[type]);
}

function stored(bytes: Uint8Array, { type, rowBytes }: Storage, isLittle: boolean): ReadNumber {
  const read = readSample(type, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), isLittle);
  return (y, i) => read(y * rowBytes + i * BYTES_OF[type]);
}

/** Undoes TIFF's predictor: each number is the sum of the differences before it in its row. */
function summed(
  bytes: Uint8Array,
  storage: Storage,
  Whole: new (length: number) => Uint8Array | Uint16Array | Int16Array, // which wraps around as TIFF does
): ReadNumber {
  const { type, rowBytes, perPixel, isLittle } = storage;
  const rows = Math.floor(bytes.length / rowBytes);
  const perRow = rowBytes / BYTES_OF[type];
  const difference = stored(bytes, storage, isLittle);
  const whole = new Whole(rows * perRow);
  for (let y = 0; y < rows; y++) {
    for (let i = 0; i < perRow; i++) {
      const before = i < perPixel ? 0 : whole[y * perRow + i - perPixel]!;
      whole[y * perRow + i] = difference(y, i) + before;
    }
  }
  return (y, i) => whole[y * perRow + i]!;
}

/** Undoes Adobe's predictor: a row's bytes are differences, sorted by their rank, highest first. */
function floatsOf(bytes: Uint8Array, { rowBytes, perPixel }: Storage): Uint8Array {
  const rows = Math.floor(bytes.length / rowBytes);
  const result = new Uint8Array(rows * rowBytes);
  const perRow = rowBytes / 4;
  for (let y = 0; y < rows; y++) {
    const row = bytes.slice(y * rowBytes, (y + 1) * rowBytes);
    for (let i = perPixel; i < rowBytes; i++) row[i] = row[i]! + row[i - perPixel]!;
    for (let i = 0; i < perRow; i++) {
      for (let rank = 0; rank < 4; rank++) result[y * rowBytes + i * 4 + rank] = row[rank * perRow + i]!;
    }
  }
  return result;
}
