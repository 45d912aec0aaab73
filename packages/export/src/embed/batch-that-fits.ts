/**
 * As many images at a time as are asked for, or as the memory holds, which may be none: a file that someone
 * else made can ask for images of any size.
 *
 * @example
 * ```ts
 * batchThatFits(256, 3e9, 10e9); // => 3
 * ```
 */
export const batchThatFits = (asked: number, bytesPerImage: number, available: number): number =>
  Math.min(asked, Math.floor(available / bytesPerImage));
