/** How many images go through an encoder at once. */
export interface BatchSize {
  readonly images: number;
  /** Whether memory allows no more, and more were asked for. */
  readonly isCut: boolean;
}

/**
 * As many images at a time as are asked for, or as the memory holds, which may be none: a file that someone
 * else made can ask for images of any size.
 *
 * @example
 * ```ts
 * batchThatFits(256, 3e9, 10e9); // => { images: 3, isCut: true }
 * ```
 */
export function batchThatFits(asked: number, bytesPerImage: number, available: number): BatchSize {
  const fitting = Math.floor(available / bytesPerImage);
  return { images: Math.min(asked, fitting), isCut: fitting < asked };
}
