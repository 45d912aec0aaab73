import type { AppliedOperation } from "../applied.ts";
import { applyRecipe, sampleRecipe } from "../apply-recipe.ts";
import { bandPicture } from "../bands/band-image.ts";
import { replayBands } from "../bands/replay-bands.ts";
import { decodeImage, decodeToBands } from "../decode.ts";
import { ImageError } from "../errors.ts";
import { withGreyFills } from "../grey.ts";
import type { Image } from "../image.ts";
import { type ImageFile, imageFileName } from "../image-file.ts";
import { type ImageDecoding, pixelFormat } from "../pixel-format.ts";
import type { Recipe } from "../recipe.ts";
import { replay } from "../replay.ts";
import { type ViewKey, viewStream } from "./view-key.ts";

/** A view with the operations that made it. */
export interface ExplainedView {
  readonly image: Image;
  readonly applied: readonly AppliedOperation[];
  /** The decoded file. */
  readonly original: Image;
}

/**
 * Makes the same view as a loader with this seed and this decoding makes of this image in this epoch, on the
 * calling thread. Grey is repeated over three channels, and of bands it is the picture to look at.
 *
 * @example
 * ```ts
 * const file = "packages/core/fixtures/images/flower-0.jpg";
 * const view = await viewOf(file, mocoV2View({ size: 32 }), { seed: 1, epoch: 0, index: 7, view: "query" });
 * view.image.width; // => 32
 * view.applied[0]?.op; // => "resizedCrop"
 * ```
 */
export async function viewOf(
  file: ImageFile,
  recipe: Recipe,
  key: ViewKey,
  decoding: ImageDecoding = {},
): Promise<ExplainedView> {
  const { channels, depth } = pixelFormat(decoding);
  try {
    if (depth === 32) {
      const bands = await decodeToBands(file, decoding);
      const applied = sampleRecipe(bands, recipe, viewStream(key));
      return { image: bandPicture(replayBands(bands, applied)), applied, original: bandPicture(bands) };
    }
    const original = await decodeImage(file, decoding);
    const { image, applied } = applyRecipe(original, recipe, viewStream(key));
    return { image: channels === 1 ? replay(original, withGreyFills(applied)) : image, applied, original };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const { found, advice, kind, data } = error;
    throw new ImageError(imageFileName(file), found, advice, { kind, data, cause: error });
  }
}
