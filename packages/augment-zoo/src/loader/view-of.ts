import type { AppliedOperation } from "../applied.ts";
import { applyRecipe } from "../apply-recipe.ts";
import { type DecodeOptions, decodeImage } from "../decode.ts";
import { ImageError } from "../errors.ts";
import type { Image } from "../image.ts";
import { type ImageFile, imageFileName } from "../image-file.ts";
import type { Recipe } from "../recipe.ts";
import { type ViewKey, viewStream } from "./view-key.ts";

/** A view with the operations that made it. */
export interface ExplainedView {
  readonly image: Image;
  readonly applied: readonly AppliedOperation[];
  /** The decoded file. */
  readonly original: Image;
}

/**
 * Makes the same view as a loader with this seed (and `range`) makes of this image in this epoch, on the
 * calling thread.
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
  options: Pick<DecodeOptions, "range"> = {},
): Promise<ExplainedView> {
  const original = await decodeImage(file, options);
  try {
    return { ...applyRecipe(original, recipe, viewStream(key)), original };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const { found, advice, kind, data } = error;
    throw new ImageError(imageFileName(file), found, advice, { kind, data, cause: error });
  }
}
