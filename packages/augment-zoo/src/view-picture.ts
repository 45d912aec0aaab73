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
  const side = view.width;
  const gap = gapOf(side);
  const width = columns * (side + gap) - gap;
  const height = rows * (side + gap) - gap;
  const data = new Uint8Array(width * height * 3).fill(255);
  const row = side * 3;
  for (let line = 0; line < rows * columns * side; line++) {
    const patch = Math.floor(line / side);
    const x = (patch % columns) * (side + gap);
    const y = Math.floor(patch / columns) * (side + gap) + (line % side);
    data.set(view.data.subarray(line * row, (line + 1) * row), (y * width + x) * 3);
  }
  return { width, height, data };
}
