import sharp, { type Metadata } from "sharp";

import { isNpy, npyHeader } from "./bands/npy.ts";
import { BYTES_OF } from "./bands/samples.ts";
import { formatOf } from "./decoding/image-format.ts";
import { MOST_PIXELS } from "./decoding/open-image.ts";
import { decodeOrOwnError } from "./decoding/own-error.ts";
import { type ImageFile, imageFileName, readFilePart } from "./image-file.ts";
import { corruptImage, emptyFile, formatNotDecoded, notAnImage, tooManyPixels } from "./messages/images.ts";
import { openFile } from "./read-whole.ts";

/** What the header of an image says of it. */
export interface ImageHeader {
  /** The format by its content: "jpeg", "png", "webp", "gif", "tiff", "avif", "npy". */
  readonly format: string;
  /** Width and height in pixels, as decoded: turned as the orientation says. */
  readonly width: number;
  readonly height: number;
  /** Channels in the file, with alpha: 1 to 4, 5 for CMYK with alpha, or more bands of a TIFF or an array. */
  readonly channels: number;
  /** Bits of a channel: 1 to 16, or 32 for floating point. */
  readonly bits: number;
}

/** The beginning of a file: its first bytes, and how many it has. */
export interface FileHead {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Bytes that nearly all headers fit in; of other files all bytes are read. */
const HEAD_BYTES = 64 * 1024;

/** Bits of libvips' number types. */
const BITS: Readonly<Record<string, number>> = { uchar: 8, char: 8, ushort: 16, short: 16 };

/** Reads the beginning of a file. @throws {ImageError} if it cannot be read. */
export async function readHead(file: ImageFile): Promise<FileHead> {
  if (typeof file !== "string") return { bytes: await readFilePart(file, HEAD_BYTES), size: file.size };
  const { handle, size } = await openFile(file);
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(Math.min(size, HEAD_BYTES)),
      0,
      undefined,
      0,
    );
    return { bytes: buffer.subarray(0, bytesRead), size };
  } finally {
    await handle.close();
  }
}

/**
 * Reads an image's header without decoding its pixels.
 *
 * @param head the beginning of the file, where it was read before.
 * @throws {ImageError} if the file cannot be read, is empty, is of another format, its header is
 * damaged, or it has more than 2^27 pixels: what `decodeImage` refuses too.
 *
 * @example
 * ```ts
 * await readHeader("packages/core/fixtures/images/flower-0.jpg");
 * // => { format: "jpeg", width: 36, height: 36, channels: 3, bits: 8 }
 * ```
 */
export async function readHeader(file: ImageFile, head?: FileHead): Promise<ImageHeader> {
  const { bytes, size } = head ?? (await readHead(file));
  const name = imageFileName(file);
  if (size === 0) throw emptyFile(name);
  if (isNpy(bytes)) return headerOfNpy(name, bytes);
  const format = formatOf(bytes);
  if (format === undefined) throw notAnImage(name, bytes, size);
  if (!format.isDecoded) throw formatNotDecoded(name, format.name);
  const found =
    (bytes.length < size ? await metadataOf(bytes).catch(() => undefined) : undefined) ??
    (await metadataOfWhole(file, { bytes, size }));
  // HEIC is told from AVIF by its brand; where that is wrong, by its compression.
  if (found.format === "heif" && found.compression !== "av1") throw formatNotDecoded(name, "HEIC");
  const header = headerOf(found);
  if (header.width * header.height > MOST_PIXELS) throw tooManyPixels(name, MOST_PIXELS, size);
  return header;
}

function headerOfNpy(name: string, bytes: Uint8Array): ImageHeader {
  const { width, height, channels, type } = npyHeader(name, bytes);
  return { format: "npy", width, height, channels, bits: 8 * BYTES_OF[type] };
}

const metadataOf = (content: Uint8Array | string): Promise<Metadata> =>
  sharp(content, { limitInputPixels: false, limitInputChannels: false }).metadata();

/** @throws {ImageError} where the header is damaged. */
async function metadataOfWhole(file: ImageFile, { bytes, size }: FileHead): Promise<Metadata> {
  const isWhole = bytes.length === size;
  // Of a path, no more is read than it takes.
  const content = isWhole ? bytes : typeof file === "string" ? file : await readFilePart(file);
  try {
    return await decodeOrOwnError(() => metadataOf(content));
  } catch (error) {
    const { message } = error as Error;
    throw corruptImage(imageFileName(file), message.trim().split("\n")[0]!, size, error);
  }
}

const headerOf = ({ format, autoOrient, channels, depth, bitsPerSample }: Metadata): ImageHeader => ({
  format: format === "heif" ? "avif" : format,
  ...autoOrient,
  channels,
  bits: bitsPerSample ?? BITS[depth] ?? 32,
});
