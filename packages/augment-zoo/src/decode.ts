import { readFile } from "node:fs/promises";

import sharp from "sharp";

import { ImageError } from "./errors.ts";
import type { Image, Size } from "./image.ts";
import { type ImageFile, imageFileName, readFilePart } from "./image-file.ts";

/** Larger images are refused before any memory is taken: decoded, they would need 400 MB and more. */
const MOST_PIXELS = 2 ** 27;

/**
 * Decodes a file, or the bytes of one, to 8-bit RGB: JPEG, PNG, WebP and whatever else sharp reads.
 *
 * As Pillow's `ImageOps.exif_transpose(Image.open(file)).convert("RGB")`: orientation applied, grey repeated over three
 * channels, alpha dropped (not flattened: the colours under it appear), colour profiles ignored. Two things differ: 16-bit
 * images are scaled to 8 bits where Pillow clips grey ones, and CMYK goes through a colour profile where Pillow multiplies.
 *
 * `shrinkTo` gives a smaller image at less cost where a JPEG is shrunk four or eight times: its decoder then leaves out detail.
 *
 * @throws ImageError if the file cannot be read, is empty, is not an image, is corrupt or cut short, or has more than 2^27 pixels.
 */
export async function decodeImage(
  file: ImageFile | Uint8Array,
  { shrinkTo }: { readonly shrinkTo?: Size } = {},
): Promise<Image> {
  const name = file instanceof Uint8Array ? "(bytes)" : imageFileName(file);
  const bytes = file instanceof Uint8Array ? file : await read(file);
  if (bytes.length === 0) {
    throw new ImageError(name, "the file is empty (0 bytes)", "Remove it or fetch it again.");
  }
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

/** Width and height of a decoded file, from its header. Throws an ImageError if that cannot be read. */
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
    throw new ImageError(file, found, "Check the path and its permissions.", { cause: error });
  }
}

function undecodable(name: string, bytes: Uint8Array, cause: Error): ImageError {
  const reason = cause.message.trim().split("\n")[0]!;
  if (reason.includes("exceeds pixel limit")) {
    const found = `more than ${MOST_PIXELS / 2 ** 20} million pixels (${bytes.length} bytes)`;
    return new ImageError(name, found, "Scale it down, or remove it.", { cause });
  }
  if (reason.includes("unsupported image format")) {
    const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const found = `not an image (${bytes.length} bytes, beginning ${start})`;
    return new ImageError(name, found, "Give a JPEG, PNG or WebP file.", { cause });
  }
  const found = `corrupt or cut short (${reason}; ${bytes.length} bytes)`;
  return new ImageError(name, found, "Remove it or fetch it again.", { cause });
}
