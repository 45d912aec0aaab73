import sharp, { type Metadata } from "sharp";

import { formatOf } from "./decoding/image-format.ts";
import { type ImageFile, readFilePart } from "./image-file.ts";
import { openFile } from "./read-whole.ts";

/** What the header of an image says of it. */
export interface ImageHeader {
  /** The format by its content, whatever the file's name: "jpeg", "png", "webp", "gif", "tiff", "avif". */
  readonly format: string;
  /** Width and height in pixels, as decoded: turned as the orientation says. */
  readonly width: number;
  readonly height: number;
  /** Channels in the file, with alpha: 1 to 4; 5 for CMYK with alpha. */
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
 * @returns undefined where the file is no image of a format that is decoded, or its header is damaged.
 *
 * @example
 * ```ts
 * await readHeader("packages/core/fixtures/images/flower-0.jpg");
 * // => { format: "jpeg", width: 36, height: 36, channels: 3, bits: 8 }
 * ```
 */
export async function readHeader(file: ImageFile, head?: FileHead): Promise<ImageHeader | undefined> {
  const { bytes, size } = head ?? (await readHead(file));
  if (formatOf(bytes)?.isDecoded !== true) return undefined;
  const found = await metadataOf(bytes);
  if (found !== undefined || bytes.length >= size) return found && headerOf(found);
  const whole = typeof file === "string" ? file : await readFilePart(file); // of a path no more than it takes
  const all = await metadataOf(whole);
  return all && headerOf(all);
}

async function metadataOf(content: Uint8Array | string): Promise<Metadata | undefined> {
  try {
    return await sharp(content, { limitInputPixels: false }).metadata();
  } catch {
    return undefined;
  }
}

function headerOf({
  format,
  compression,
  autoOrient,
  channels,
  depth,
  bitsPerSample,
}: Metadata): ImageHeader | undefined {
  if (format === "heif" && compression !== "av1") return undefined; // HEIC, which is not decoded
  return {
    format: format === "heif" ? "avif" : format,
    ...autoOrient,
    channels,
    bits: bitsPerSample ?? BITS[depth] ?? 32,
  };
}
