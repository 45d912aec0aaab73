import { readFile } from "node:fs/promises";

import sharp from "sharp";

import type { ImageError } from "./errors.ts";
import type { Image, Size } from "./image.ts";
import { type ImageFile, imageFileName, readFilePart } from "./image-file.ts";
import * as messages from "./messages.ts";

/**
 * Pixels of the largest image. Larger images would need more than 400 MB, and are refused before memory is
 * allocated.
 */
const MOST_PIXELS = 2 ** 27;

/**
 * Decodes a file, or its bytes, to 8-bit RGB: JPEG, PNG, WebP and the other formats that sharp reads.
 *
 * As Pillow's `ImageOps.exif_transpose(Image.open(file)).convert("RGB")`: orientation is applied, grey is
 * repeated over three channels, alpha is dropped (not flattened: the colours under it appear), colour
 * profiles are ignored. There are two differences. 16-bit images are scaled to 8 bits, where Pillow clips
 * grey ones; CMYK is converted with a colour profile, where Pillow multiplies.
 *
 * `shrinkTo` gives a smaller image in less time if a JPEG is shrunk four or eight times: its decoder then
 * skips detail.
 *
 * @throws {ImageError} if the file cannot be read, is empty, is not an image, is corrupt or truncated, or has
 * more than 2^27 pixels.
 */
export async function decodeImage(
  file: ImageFile | Uint8Array,
  { shrinkTo }: { readonly shrinkTo?: Size } = {},
): Promise<Image> {
  const name = file instanceof Uint8Array ? "(bytes)" : imageFileName(file);
  const bytes = file instanceof Uint8Array ? file : await read(file);
  if (bytes.length === 0) throw messages.emptyFile(name);
  try {
    const pixels = sharp(bytes, {
      failOn: "error",
      ignoreIcc: true,
      sequentialRead: true,
      limitInputPixels: MOST_PIXELS,
    })
      .autoOrient()
      .removeAlpha()
      .toColourspace("srgb");
    if (shrinkTo !== undefined) pixels.resize({ ...shrinkTo, fit: "fill" });
    const { data, info } = await pixels.raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) {
      throw new Error(`${info.channels} channels where 3 were expected`);
    }
    const { buffer, byteOffset, length } = data; // a plain Uint8Array: slice() of a Buffer shares memory
    return { width: info.width, height: info.height, data: new Uint8Array(buffer, byteOffset, length) };
  } catch (error) {
    throw undecodable(name, bytes, error as Error);
  }
}

/**
 * Width and height of the decoded image, from the header of a file. @throws {ImageError} if it cannot be
 * read.
 */
export async function readSize(file: ImageFile): Promise<Size> {
  const bytes = await read(file);
  try {
    return (await sharp(bytes, { limitInputPixels: MOST_PIXELS }).metadata()).autoOrient;
  } catch (error) {
    throw undecodable(imageFileName(file), bytes, error as Error);
  }
}

async function read(file: ImageFile): Promise<Uint8Array> {
  if (typeof file !== "string") return readFilePart(file);
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "this is a folder" : message;
    throw messages.unreadableFile(file, found, error);
  }
}

function undecodable(name: string, bytes: Uint8Array, cause: Error): ImageError {
  const reason = cause.message.trim().split("\n")[0]!;
  if (reason.includes("exceeds pixel limit")) {
    return messages.tooManyPixels(name, MOST_PIXELS, bytes.length, cause);
  }
  if (reason.includes("unsupported image format")) return messages.notAnImage(name, bytes, cause);
  return messages.corruptImage(name, reason, bytes.length, cause);
}
