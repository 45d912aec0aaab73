import {
  type CorruptFile,
  createViewLoader,
  evaluationView,
  type LevelRange,
  type Recipe,
  type ViewSize,
  viewShape,
} from "@tssl/augment-zoo";

import { decodingOf } from "../config/decoding-of.ts";
import type { RunSettings } from "../config/run-config.ts";
import { namingCorruptShare } from "../data/corrupt-share.ts";
import type { ImageSet } from "../data/image-set.ts";
import { prefetch } from "../data/prefetch.ts";

/** Images of a folder at one size, without augmentation, batch by batch. Can be gone through many times. */
export interface EvaluationImages {
  readonly count: number;
  /** The side of a square, or `[height, width]`. */
  readonly size: ViewSize;
  /** `[height, width, 3]`. */
  readonly shape: readonly number[];
  /**
   * Batches of `[B, height, width, 3]` bytes in the folder's order; the last may be smaller. Valid until the
   * next one.
   */
  batches(): AsyncIterable<{ readonly start: number; readonly count: number; readonly bytes: Uint8Array }>;
  /**
   * Those that could not be decoded, once all were gone through: in their place stands another image, which
   * is not to be counted.
   */
  readonly corrupt: readonly CorruptFile[];
}

export interface EvaluationImagesOptions {
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
  /** Levels of 16-bit images that become 0 and 255; by default their high byte is taken. */
  readonly range?: LevelRange;
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
  const { imageSize, batchSize: asked, workers, cacheMegabytes, maxCorruptShare, range } = options;
  const { view = evaluationView } = options;
  const recipe = view({ size: imageSize });
  const shape = viewShape(recipe);
  const count = folder.files.length;
  const batchSize = Math.min(asked, count);
  const bytesPerImage = shape.reduce((product, length) => product * length);
  const fits = count * bytesPerImage <= cacheMegabytes * 2 ** 20;
  let cached: Uint8Array | undefined;
  let corrupt: readonly CorruptFile[] = [];

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
      ...(range === undefined ? {} : { range }),
    });
    try {
      const store = fits ? new Uint8Array(count * bytesPerImage) : undefined;
      const load = (start: number) =>
        loader.load({ epoch: 0, indices: Array.from({ length: sizeAt(start) }, (_, i) => start + i) });
      let start = 0;
      for await (const batch of prefetch(starts, load, { ahead: 2, discard: (late) => late.release() })) {
        const { values: bytes } = batch.views["image"]!;
        store?.set(bytes, start * bytesPerImage);
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

  async function* fromMemory(images: Uint8Array) {
    for (const start of starts) {
      const end = start + sizeAt(start);
      yield {
        start,
        count: sizeAt(start),
        bytes: images.subarray(start * bytesPerImage, end * bytesPerImage),
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
