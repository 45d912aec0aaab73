import {
  decodeImage,
  decodeToBands,
  type ImageDecoding,
  ImageError,
  type ImageFile,
  pixelFormat,
} from "@tssl/augment-zoo";

import { prefetch } from "./prefetch.ts";

/** What the levels of some images are like, for `data.mean` and `data.deviation`. */
export interface MeasuredChannels {
  /** Of each channel, on the scale 0 .. 1. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Images and pixels that were counted. */
  readonly images: number;
  readonly pixels: number;
  /** Images that cannot be decoded, which are left out, with the reason and what to do. */
  readonly corrupt: readonly Pick<ImageError, "file" | "found" | "advice" | "kind">[];
}

/** Number, mean and sum of squared distances from the mean, of the levels of each channel. */
interface Moments {
  readonly count: number;
  readonly mean: readonly number[];
  readonly squares: readonly number[];
}

/** Images that are decoded at a time, in the threads of Node's pool. */
const AT_ONCE = 8;

/**
 * The mean and the standard deviation of each channel over all pixels of all images, each pixel counted
 * alike, whatever the size of its image: sqrt(Σ (x - mean)² / N). Images are decoded as training decodes
 * them, at their full size, and not augmented.
 *
 * In float64, image by image in the order of the files, so that the numbers do not depend on how many threads
 * decode.
 *
 * @param files images; those that cannot be decoded are left out.
 * @returns mean and deviation, 0 .. 1; NaN where no image can be decoded.
 *
 * @example
 * ```ts
 * const { mean, pixels } = await channelStatistics(["packages/core/fixtures/images/flower-0.jpg"]);
 * pixels; // => 1296
 * mean.length; // => 3
 * ```
 */
export async function channelStatistics(
  files: readonly ImageFile[],
  {
    onProgress = () => {},
    ...decoding
  }: ImageDecoding & { readonly onProgress?: (done: number) => void } = {},
): Promise<MeasuredChannels> {
  const corrupt: MeasuredChannels["corrupt"][number][] = [];
  const none = Array.from({ length: pixelFormat(decoding).channels }, () => NaN);
  let all: Moments = { count: 0, mean: none, squares: none };
  let images = 0;
  let done = 0;
  const decode = (file: ImageFile) => momentsOfFile(file, decoding).catch(unlessImage);
  for await (const own of prefetch(files, decode, { ahead: AT_ONCE, discard: () => {} })) {
    if (own instanceof ImageError) {
      const { file, found, advice, kind } = own;
      corrupt.push({ file, found, advice, kind });
    } else {
      all = images === 0 ? own : together(all, own);
      images++;
    }
    onProgress(++done);
  }
  const deviation = all.squares.map((sum) => Math.sqrt(sum / all.count));
  return { mean: all.mean, deviation, images, pixels: all.count, corrupt };
}

/** An image that cannot be decoded is one of many. Whatever else fails, such as a server, ends the work. */
function unlessImage(error: unknown): ImageError {
  if (error instanceof ImageError) return error;
  throw error;
}

async function momentsOfFile(file: ImageFile, decoding: ImageDecoding): Promise<Moments> {
  const { channels, depth } = pixelFormat(decoding);
  if (depth === 32) return momentsOf((await decodeToBands(file, decoding)).data, channels, 1);
  const { data } = await decodeImage(file, decoding);
  const { count, mean, squares } = momentsOf(data, 3, 255); // grey is there three times
  return { count, mean: mean.slice(0, channels), squares: squares.slice(0, channels) };
}

/** @param whole the level that counts as 1. */
function momentsOf(levels: ArrayLike<number>, channels: number, whole: number): Moments {
  const count = levels.length / channels;
  const sums = new Float64Array(channels);
  for (let i = 0; i < levels.length; i++) sums[i % channels]! += levels[i]!;
  const means = sums.map((sum) => sum / count);
  const squares = new Float64Array(channels);
  for (let i = 0; i < levels.length; i++) squares[i % channels]! += (levels[i]! - means[i % channels]!) ** 2;
  return {
    count,
    mean: Array.from(means, (mean) => mean / whole),
    squares: Array.from(squares, (sum) => sum / whole ** 2),
  };
}

/** The moments of two sets of pixels together (Chan, Golub and LeVeque 1979). */
function together(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  const apart = a.mean.map((mean, channel) => b.mean[channel]! - mean);
  return {
    count,
    mean: a.mean.map((mean, channel) => mean + (apart[channel]! * b.count) / count),
    squares: a.squares.map(
      (sum, channel) => sum + b.squares[channel]! + (apart[channel]! ** 2 * a.count * b.count) / count,
    ),
  };
}
