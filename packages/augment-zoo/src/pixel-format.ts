import type { LevelRange } from "./decoding/levels.ts";
import { bytesNeedColours, invalidChannels } from "./messages/bands.ts";

/** Bits of the numbers that views are made of: bytes 0 .. 255, or float32 0 .. 1. */
export type Depth = 8 | 32;

/** What images become when they are decoded. */
export interface ImageDecoding {
  /** Bands of an image, 1 to 16. 3 where absent: red, green and blue; 1 is grey. */
  readonly channels?: number;
  /**
   * 8 where absent and there are 1 or 3 channels, 32 with any other number. With 8 any image becomes grey or
   * RGB bytes; with 32 a file keeps its numbers, and must have as many bands as `channels`.
   */
  readonly depth?: Depth;
  /**
   * The levels that become the lowest and the highest number, such as [0, 4095] for 12 bits; others are
   * clipped. Where absent: with 8 bits the high byte of 16-bit images, with 32 the range of the file's type.
   */
  readonly range?: LevelRange;
}

export interface PixelFormat {
  readonly channels: number;
  readonly depth: Depth;
}

/** Bands that an image may have. */
const MOST_CHANNELS = 16;

/**
 * Channels and depth that a decoding leads to.
 *
 * @throws {LoaderError} if there are none, more than 16, or bytes of neither 1 nor 3 channels.
 * @example
 * ```ts
 * pixelFormat({}); // => { channels: 3, depth: 8 }
 * pixelFormat({ channels: 13 }); // => { channels: 13, depth: 32 }
 * ```
 */
export function pixelFormat({ channels = 3, depth }: ImageDecoding): PixelFormat {
  const isColour = channels === 1 || channels === 3;
  if (!Number.isInteger(channels) || channels < 1 || channels > MOST_CHANNELS) {
    throw invalidChannels(channels);
  }
  if (depth === 8 && !isColour) throw bytesNeedColours(channels);
  return { channels, depth: depth ?? (isColour ? 8 : 32) };
}
