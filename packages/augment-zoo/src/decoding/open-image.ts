import sharp, { type Sharp } from "sharp";

import { npyHeader } from "../bands/npy.ts";
import { tiffLayout } from "../bands/read-tiff.ts";
import type { Samples } from "../bands/samples.ts";
import { asStillAvif, withoutTransparency } from "./as-first-frame.ts";
import { type DecodedFormat, formatOf } from "./image-format.ts";
import { type LevelRange, type SeenLevels, toBytes } from "./levels.ts";
import { type Orientation, orientationInText } from "./orientation.ts";
import { decodeOrOwnError } from "./own-error.ts";
import { tiffTags, TiffTag } from "./tiff-tags.ts";
import type { ImageError } from "../errors.ts";
import type { Image, Size } from "../image.ts";
import { type ImageFile, imageFileName, readFilePart } from "../image-file.ts";
import { bandsNeeded } from "../messages/bands.ts";
import { corruptImage, emptyFile, formatNotDecoded, notAnImage, tooManyPixels } from "../messages/images.ts";
import { readWhole } from "../read-whole.ts";

/**
 * Pixels of the largest image. Larger images would need more than 400 MB, and are refused before memory is
 * allocated.
 */
export const MOST_PIXELS = 2 ** 27;

/** An image file that was read and is of a format that can be decoded. */
export interface OpenedImage {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: DecodedFormat;
  readonly isDeep: boolean;
  /** The orientation if it is stated otherwise than as EXIF data, which the decoder reads. */
  readonly orientation: Orientation | undefined;
}

const read = (file: ImageFile): Promise<Uint8Array> =>
  typeof file === "string" ? readWhole(file) : readFilePart(file);

/**
 * Reads a file. @throws {ImageError} if it cannot be read, is empty or is of a format that is not decoded.
 */
export async function openImage(file: ImageFile | Uint8Array): Promise<OpenedImage> {
  const name = file instanceof Uint8Array ? "(bytes)" : imageFileName(file);
  const content = file instanceof Uint8Array ? file : await read(file);
  if (content.length === 0) throw emptyFile(name);
  const format = formatOf(content);
  if (format === undefined) throw notAnImage(name, content);
  if (!format.isDecoded) throw formatNotDecoded(name, format.name);
  switch (format.name as DecodedFormat) {
    case "PNG":
      return opened(name, content, "PNG", content[24] === 16);
    case "TIFF": {
      const tags = tiffTags(content);
      if (tags.has(TiffTag.DngVersion)) throw formatNotDecoded(name, "DNG raw");
      if (isLab(tags.get(TiffTag.Photometric))) throw formatNotDecoded(name, "Lab TIFF");
      const isWhole = (tags.get(TiffTag.SampleFormat) ?? 1) === 1;
      return opened(name, content, "TIFF", isWhole && tags.get(TiffTag.BitsPerSample) === 16);
    }
    case "NPY":
      return { name, bytes: content, format: "NPY", isDeep: false, orientation: undefined };
    case "AVIF":
      return opened(name, asStillAvif(content), "AVIF");
    case "GIF":
      return opened(name, withoutTransparency(content), "GIF");
    default:
      return opened(name, content, format.name as DecodedFormat);
  }
}

/** CIE L*a*b*, and two variants of it. */
const isLab = (photometric: number | undefined): boolean =>
  photometric !== undefined && photometric >= 8 && photometric <= 10;

async function opened(
  name: string,
  bytes: Uint8Array,
  format: DecodedFormat,
  isDeep = false,
): Promise<OpenedImage> {
  const image = { name, bytes, format, isDeep };
  const stated = format === "GIF" ? undefined : orientationInText(bytes, format);
  if (stated === undefined) return { ...image, orientation: undefined };
  return { ...image, orientation: (await hasOrientation(image)) ? undefined : stated };
}

/** Whether a file has an orientation that the decoder reads. */
async function hasOrientation(image: Pick<OpenedImage, "name" | "bytes" | "format">): Promise<boolean> {
  // libvips gives every TIFF one.
  if (image.format === "TIFF") return tiffTags(image.bytes).has(TiffTag.Orientation);
  return (await attempt(image, (pixels) => pixels.metadata())).orientation !== undefined;
}

/** Width and height of the decoded image, from the header of a file. @throws {ImageError} if it has none. */
export async function sizeOf(image: OpenedImage): Promise<Size> {
  if (image.format === "NPY") return npyHeader(image.name, image.bytes);
  const { autoOrient, width, height } = await attempt(image, (pixels) => pixels.metadata());
  if (image.orientation === undefined) return autoOrient;
  return image.orientation < 5 ? { width, height } : { width: height, height: width };
}

/** The size of the decoded image. @throws {ImageError} if the file cannot be read. */
export const readSize = async (file: ImageFile): Promise<Size> => sizeOf(await openImage(file));

/** The size of an image that is decoded to bands. @throws {ImageError} as `sizeOf`. */
export const sizeOfBands = (image: OpenedImage): Size | Promise<Size> =>
  image.format === "TIFF" ? tiffLayout(image.name, image.bytes) : sizeOf(image);

/**
 * The levels of an image as the file has them: grey or colours of 8 or 16 bits, with alpha where there is
 * one.
 */
export async function rawSamples(image: OpenedImage): Promise<Samples> {
  const { data, info } = await attempt(image, async (source) => {
    const { channels, space } = await source.metadata();
    const isGrey = channels < 3 && space !== "srgb";
    const pixels = turned(source, image.orientation);
    pixels.toColourspace(image.isDeep ? (isGrey ? "grey16" : "rgb16") : isGrey ? "b-w" : "srgb");
    return pixels.raw({ depth: image.isDeep ? "ushort" : "uchar" }).toBuffer({ resolveWithObject: true });
  });
  const { width, height, channels } = info;
  const { buffer, byteOffset, length } = data;
  return {
    ...{ width, height, channels },
    type: image.isDeep ? "uint16" : "uint8",
    data: image.isDeep
      ? new Uint16Array(buffer, byteOffset, length / 2)
      : new Uint8Array(buffer, byteOffset, length),
  };
}

/** Decodes an image to 8-bit RGB; of one of 16 bits also says which levels it has. */
export async function decodeOpened(
  image: OpenedImage,
  { shrinkTo, range }: { readonly shrinkTo?: Size; readonly range?: LevelRange } = {},
): Promise<{ readonly image: Image; readonly levels?: SeenLevels }> {
  if (image.format === "NPY") throw bandsNeeded(image.name);
  const { data, info } = await attempt(image, async (source) => {
    const pixels = turned(source, image.orientation).removeAlpha();
    pixels.toColourspace(image.isDeep ? "rgb16" : "srgb");
    if (shrinkTo !== undefined) pixels.resize({ ...shrinkTo, fit: "fill" });
    const depth = image.isDeep ? "ushort" : "uchar";
    const decoded = await pixels.raw({ depth }).toBuffer({ resolveWithObject: true });
    const { channels } = decoded.info;
    if (channels !== 3) throw new Error(`${channels} channels where 3 were expected`);
    return decoded;
  });
  const { width, height } = info;
  const { buffer, byteOffset, length } = data; // a plain Uint8Array: slice() of a Buffer shares memory
  if (!image.isDeep) return { image: { width, height, data: new Uint8Array(buffer, byteOffset, length) } };
  const levels = toBytes(new Uint16Array(buffer, byteOffset, length / 2), range);
  return { image: { width, height, data: levels.data }, levels: levels.seen };
}

/** Applies the orientation of the EXIF data, or another one. */
function turned(pixels: Sharp, orientation: Orientation | undefined): Sharp {
  if (orientation === undefined) return pixels.autoOrient();
  // It mirrors before it rotates.
  const angle = { 1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270 }[orientation];
  const isMirrored = [2, 4, 5, 7].includes(orientation);
  return pixels.rotate(angle).flop(isMirrored);
}

/** Runs the decoder. @throws {ImageError} in place of what it throws. */
async function attempt<Result>(
  { name, bytes }: Pick<OpenedImage, "name" | "bytes">,
  use: (pixels: Sharp) => Promise<Result>,
): Promise<Result> {
  try {
    return await decodeOrOwnError(() =>
      use(
        sharp(bytes, {
          failOn: "error",
          ignoreIcc: true,
          sequentialRead: true,
          limitInputPixels: MOST_PIXELS,
        }),
      ),
    );
  } catch (error) {
    throw undecodable(name, bytes, error as Error);
  }
}

function undecodable(name: string, bytes: Uint8Array, cause: Error): ImageError {
  const reason = cause.message.trim().split("\n")[0]!;
  if (reason.includes("exceeds pixel limit")) {
    return tooManyPixels(name, MOST_PIXELS, bytes.length, cause);
  }
  return corruptImage(name, reason, bytes.length, cause);
}
