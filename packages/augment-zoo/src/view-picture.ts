import type { Image } from "./image.ts";
import type { Recipe } from "./recipe.ts";
import { patchGridOf } from "./view-shape.ts";

/**
 * White pixels between patches of a side: a sixteenth of it, so that it is seen where the picture is shown
 * smaller.
 */
const gapOf = (side: number): number => Math.max(2, Math.round(side / 16));

/**
 * A view as a picture to look at: patches in their grid, apart from each other; any other view as it is.
 *
 * @param view what `applyRecipe` or `viewOf` made by the recipe: patches stacked from top to bottom.
 * @example
 * ```ts
 * const recipe: Recipe = [
 *   { op: "centerCrop", size: 2 },
 *   { op: "patches", rows: 1, columns: 2, size: 1, stride: 1 },
 * ];
 * const image = { width: 2, height: 2, data: new Uint8Array(12) };
 * const picture = viewPicture(applyRecipe(image, recipe, randomStream(1)).image, recipe);
 * [picture.width, picture.height]; // => [4, 1]
 * picture.data; // => [0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0]
 * ```
 */
export function viewPicture(view: Image, recipe: Recipe): Image {
  const grid = patchGridOf(recipe);
  if (grid === undefined) return view;
  const { rows, columns } = grid;
  const patch = { width: view.width, height: view.height / (rows * columns) };
  const gap = gapOf(patch.width);
  const width = columns * (patch.width + gap) - gap;
  const height = rows * (patch.height + gap) - gap;
  const data = new Uint8Array(width * height * 3).fill(255);
  const row = patch.width * 3;
  for (let line = 0; line < view.height; line++) {
    const place = Math.floor(line / patch.height);
    const x = (place % columns) * (patch.width + gap);
    const y = Math.floor(place / columns) * (patch.height + gap) + (line % patch.height);
    data.set(view.data.subarray(line * row, (line + 1) * row), (y * width + x) * 3);
  }
  return { width, height, data };
}
