import { readFile } from "node:fs/promises";

import sharp from "sharp";

import { ImageError } from "./errors.ts";
import type { Image } from "./image.ts";

/**
 * Decodes a file, or the bytes of one, to 8-bit RGB: JPEG, PNG, WebP and whatever else sharp reads.
 *
 * As Pillow's `ImageOps.exif_transpose(Image.open(file)).convert("RGB")`: orientation applied, grey repeated over three
 * channels, alpha dropped (not flattened: the colours under it appear), colour profiles ignored. Two things differ: 16-bit
 * images are scaled to 8 bits where Pillow clips grey ones, and CMYK goes through a colour profile where Pillow multiplies.
 *
 * @throws ImageError if the file cannot be read, is empty, is not an image, or is corrupt or cut short.
 */
export async function decodeImage(file: string | Uint8Array): Promise<Image> {
  const name = typeof file === "string" ? file : "(bytes)";
  const bytes = typeof file === "string" ? await read(file) : file;
  if (bytes.length === 0) {
    throw new ImageError(name, "the file is empty (0 bytes)", "Remove it or fetch it again.");
  }
  try {
    const { data, info } = await sharp(bytes, { failOn: "error", ignoreIcc: true, sequentialRead: true })
      .autoOrient()
      .removeAlpha()
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) {
      throw new Error(`${info.channels} channels where 3 were expected`);
    }
    const { buffer, byteOffset, length } = data; // a plain Uint8Array: slice() of a Buffer shares memory
    return { width: info.width, height: info.height, data: new Uint8Array(buffer, byteOffset, length) };
  } catch (error) {
    throw undecodable(name, bytes, error as Error);
  }
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "this is a folder" : message;
    throw new ImageError(file, found, "Check the path and its permissions.", { cause: error });
  }
}

function undecodable(name: string, bytes: Uint8Array, cause: Error): ImageError {
  const reason = cause.message.trim().split("\n")[0]!;
  if (reason.includes("unsupported image format")) {
    const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const found = `not an image (${bytes.length} bytes, beginning ${start})`;
    return new ImageError(name, found, "Give a JPEG, PNG or WebP file.", { cause });
  }
  const found = `corrupt or cut short (${reason}; ${bytes.length} bytes)`;
  return new ImageError(name, found, "Remove it or fetch it again.", { cause });
}
