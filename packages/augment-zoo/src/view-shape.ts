import { checkRecipe } from "./check-recipe.ts";
import * as messages from "./messages.ts";
import type { Recipe } from "./recipe.ts";
import type { PatchGrid } from "./sampling/patches.ts";
import { squareAfter } from "./square-after.ts";

/**
 * Shape of one view of one image: `[side, side, 3]`, or `[patches, side, side, 3]` where the recipe cuts
 * patches, row by row of their grid.
 */
export type ViewShape =
  | readonly [side: number, side: number, channels: 3]
  | readonly [patches: number, side: number, side: number, channels: 3];

/**
 * The shape that every image leaves a recipe with.
 *
 * @throws RecipeError if a parameter is wrong, or the shape depends on the image.
 * @example
 * ```ts
 * viewShape(mocoV2View({ size: 32 })); // => [32, 32, 3]
 * viewShape(infominJigsawView()); // => [9, 64, 64, 3]
 * ```
 */
export function viewShape(recipe: Recipe): ViewShape {
  checkRecipe(recipe);
  const side = squareAfter(recipe);
  if (side === undefined) throw messages.sizeNotFixed(recipe.map(({ op }) => op));
  const grid = patchGridOf(recipe);
  return grid === undefined ? [side, side, 3] : [grid.rows * grid.columns, side, side, 3];
}

/** The grid that a recipe cuts patches by; undefined where it cuts none. */
export const patchGridOf = (recipe: Recipe): PatchGrid | undefined =>
  recipe.find((operation) => operation.op === "patches");
