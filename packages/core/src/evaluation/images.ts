import {
  type CorruptFile,
  createViewLoader,
  evaluationView,
  type ImageDecoding,
  pixelFormat,
  type Recipe,
  type ViewSize,
  viewShape,
} from "@tssl/augment-zoo";

import { decodingOf } from "../config/decoding-of.ts";
import type { RunSettings } from "../config/run-settings.ts";
import { namingCorruptShare } from "../data/corrupt-share.ts";
import type { ImageSet } from "../data/image-set.ts";
import { prefetch } from "../data/prefetch.ts";

/** Levels 0 .. 255, or numbers 0 .. 1. */
export type PixelValues = Uint8Array | Float32Array;

/** Images of a folder at one size, without augmentation, batch by batch. Can be gone through many times. */
export interface EvaluationImages {
  readonly count: number;
  /** The side of a square, or `[height, width]`. */
  readonly size: ViewSize;
  /** `[height, width, channels]`. */
  readonly shape: readonly number[];
  /**
   * Batches of `[B, height, width, channels]` in the folder's order, bytes or float32; the last may be
   * smaller. Valid until the next one.
   */
  batches(): AsyncIterable<{ readonly start: number; readonly count: number; readonly bytes: PixelValues }>;
  /**
   * Those that could not be decoded, once all were gone through: in their place stands another image, which
   * is not to be counted.
   */
  readonly corrupt: readonly CorruptFile[];
}

export interface EvaluationImagesOptions extends ImageDecoding {
  readonly imageSize: ViewSize;
  readonly batchSize: number;
  readonly workers: number;
  /** Images are kept in memory, after the first pass, if all of them take at most this. */
  readonly cacheMegabytes: number;
  /**
   * Share of the images that may turn out not to be decodable; above 0 at least one image. With one more,
   * `batches` throws a TsslError, INVALID_DATA.
   */
  readonly maxCorruptShare: number;
  /** The view of each image, without chance. Default: `evaluationView`, its middle. */
  readonly view?: (options: { readonly size: ViewSize }) => Recipe;
}

/** How the images of a run are evaluated, of which some may turn out not to be decodable. */
export const evaluationOptions = ({
  imageSize,
  evaluation: { batchSize },
  data,
}: Pick<RunSettings, "imageSize" | "evaluation" | "data">): EvaluationImagesOptions => ({
  imageSize,
  batchSize,
  workers: 1,
  cacheMegabytes: data.cacheMegabytes,
  maxCorruptShare: data.maxCorruptShare,
  ...decodingOf(data),
});

/**
 * Prepares a folder for evaluation: the middle of each image, resized as torchvision does for ImageNet (256
 * to 224, scaled).
 */
export function evaluationImages(
  folder: Pick<ImageSet, "files">,
  options: EvaluationImagesOptions,
): EvaluationImages {
  const { imageSize, batchSize: asked, workers, cacheMegabytes, maxCorruptShare } = options;
  const { view = evaluationView } = options;
  const decoding = decodingIn(options);
  const { channels, depth } = pixelFormat(decoding);
  const recipe = view({ size: imageSize });
  const shape = viewShape(recipe, channels);
  const count = folder.files.length;
  const batchSize = Math.min(asked, count);
  const perImage = shape.reduce((product, length) => product * length);
  const fits = (count * perImage * depth) / 8 <= cacheMegabytes * 2 ** 20;
  let cached: PixelValues | undefined;
  let corrupt: readonly CorruptFile[] = [];

  const numbers = (length: number): PixelValues =>
    depth === 8 ? new Uint8Array(length) : new Float32Array(length);

  const starts = Array.from({ length: Math.ceil(count / batchSize) }, (_, i) => i * batchSize);
  const sizeAt = (start: number) => Math.min(batchSize, count - start);

  async function* fromFiles() {
    const loader = createViewLoader({
      files: folder.files,
      views: { image: recipe },
      seed: 0, // the recipe draws nothing
      batchSize,
      workers,
      cacheMegabytes: 0,
      maxCorruptShare,
      ...decoding,
    });
    try {
      const store = fits ? numbers(count * perImage) : undefined;
      const load = (start: number) =>
        loader.load({ epoch: 0, indices: Array.from({ length: sizeAt(start) }, (_, i) => start + i) });
      let start = 0;
      for await (const batch of prefetch(starts, load, { ahead: 2, discard: (late) => late.release() })) {
        const { values: bytes } = batch.views["image"]!;
        store?.set(bytes, start * perImage);
        yield { start, count: sizeAt(start), bytes };
        batch.release();
        start += batchSize;
      }
      cached = store;
      corrupt = loader.corrupt;
    } catch (error) {
      throw namingCorruptShare(error);
    } finally {
      await loader.close();
    }
  }

  async function* fromMemory(images: PixelValues) {
    for (const start of starts) {
      const end = start + sizeAt(start);
      yield {
        start,
        count: sizeAt(start),
        bytes: images.subarray(start * perImage, end * perImage),
      };
      await Promise.resolve();
    }
  }

  return {
    count,
    size: imageSize,
    shape,
    batches: () => (cached === undefined ? fromFiles() : fromMemory(cached)),
    get corrupt() {
      return corrupt;
    },
  };
}

/** How images are decoded, of options that say more. */
export const decodingIn = ({ channels, depth, range }: ImageDecoding): ImageDecoding => ({
  ...(channels === undefined ? {} : { channels }),
  ...(depth === undefined ? {} : { depth }),
  ...(range === undefined ? {} : { range }),
});
