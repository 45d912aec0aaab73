import type { Image, Size } from "../image.ts";

/**
 * An image of any number of bands: `height` rows of `width` pixels, `channels` numbers each. Views are made
 * of such where `depth` is 32; the numbers of a decoded file are 0 .. 1.
 */
export interface BandImage extends Size {
  readonly channels: number;
  readonly data: Float32Array;
}

/** An image of the same bands with zeros in it. */
export const blankBands = ({ width, height }: Size, channels: number): BandImage => ({
  width,
  height,
  channels,
  data: new Float32Array(width * height * channels),
});

/**
 * A picture to look at: the first three bands as red, green and blue, or the first one as grey where there
 * are fewer. 0 .. 1 becomes 0 .. 255.
 *
 * @example
 * ```ts
 * bandPicture({ width: 1, height: 1, channels: 2, data: Float32Array.of(0.2, 1) }).data; // => [51, 51, 51]
 * ```
 */
export function bandPicture({ width, height, channels, data }: BandImage): Image {
  const picture = new Uint8ClampedArray(width * height * 3);
  for (let pixel = 0, at = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++, at++) {
      picture[at] = data[pixel * channels + (channels < 3 ? 0 : channel)]! * 255;
    }
  }
  return { width, height, data: new Uint8Array(picture.buffer) };
}
