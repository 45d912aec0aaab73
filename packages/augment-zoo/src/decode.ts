import { type BandImage, bandPicture } from "./bands/band-image.ts";
import { decodeBands } from "./bands/decode-bands.ts";
import { decodeOpened, openImage } from "./decoding/open-image.ts";
import { asGrey } from "./grey.ts";
import type { Image, Size } from "./image.ts";
import type { ImageFile } from "./image-file.ts";
import { type ImageDecoding, pixelFormat } from "./pixel-format.ts";

export interface DecodeOptions extends ImageDecoding {
  /**
   * The size of a smaller image, which takes less time if a JPEG is shrunk four or eight times: its decoder
   * then skips detail. Of bytes of red, green and blue alone.
   */
  readonly shrinkTo?: Size;
}

/**
 * Decodes a file, or its bytes, to 8-bit RGB: JPEG, PNG, WebP, TIFF, AVIF and GIF, by their content, whatever
 * their name. Of several frames or pages the first is decoded.
 *
 * As Pillow's `ImageOps.exif_transpose(Image.open(file)).convert("RGB")`: orientation is applied, grey is
 * repeated over three channels, alpha is dropped (not flattened: the colours under it appear), colour
 * profiles are ignored. There are three differences. 16-bit images are scaled to 8 bits, where Pillow clips
 * grey ones; CMYK is converted with a colour profile, where Pillow multiplies; colours of AVIF are enlarged
 * by another filter, if they are stored at half the size.
 *
 * With `channels: 1` colours become grey, as by `convert("L")`, which is repeated over three channels. Of
 * bands (`depth: 32`) the result is a picture to look at, see `bandPicture`.
 *
 * @throws {ImageError} if the file cannot be read, is empty, is of another format, is corrupt or truncated,
 * or has more than 2^27 pixels.
 */
export async function decodeImage(file: ImageFile | Uint8Array, options: DecodeOptions = {}): Promise<Image> {
  const { channels, depth } = pixelFormat(options);
  if (depth === 32) return bandPicture(await decodeToBands(file, options));
  const { image } = await decodeOpened(await openImage(file), options);
  return channels === 1 ? asGrey(image) : image;
}

/**
 * Decodes a file, or its bytes, to bands of 0 .. 1 in float32. Besides the formats of `decodeImage` it reads
 * NumPy's arrays (.npy), and TIFFs of any number of bands.
 *
 * @throws {ImageError} as `decodeImage`, or where a file has another number of bands than `channels`.
 */
export async function decodeToBands(
  file: ImageFile | Uint8Array,
  { range, ...format }: ImageDecoding,
): Promise<BandImage> {
  const { channels } = pixelFormat(format);
  return decodeBands(await openImage(file), { channels, ...(range === undefined ? {} : { range }) });
}
