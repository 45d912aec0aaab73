import { checkRecipe } from "./check-recipe.ts";
import { sizeNotFixed } from "./messages/recipes.ts";
import type { Recipe } from "./recipe.ts";
import type { PatchGrid } from "./sampling/patches.ts";
import { fixedSizeAfter } from "./fixed-size-after.ts";

/**
 * Shape of one view of one image: `[height, width, channels]`, or `[patches, height, width, channels]` where
 * the recipe cuts patches, row by row of their grid.
 */
export type ViewShape =
  | readonly [height: number, width: number, channels: number]
  | readonly [patches: number, height: number, width: number, channels: number];

/**
 * The shape that every image leaves a recipe with.
 *
 * @param channels of the images; red, green and blue where absent.
 * @throws RecipeError if a parameter is wrong, or the shape depends on the image.
 * @example
 * ```ts
 * viewShape(mocoV2View({ size: 32 })); // => [32, 32, 3]
 * viewShape(mocoV2View({ size: [32, 64] })); // => [32, 64, 3]
 * viewShape(infominJigsawView()); // => [9, 64, 64, 3]
 * ```
 */
export function viewShape(recipe: Recipe, channels = 3): ViewShape {
  checkRecipe(recipe);
  const size = fixedSizeAfter(recipe);
  if (size === undefined) throw sizeNotFixed(recipe.map(({ op }) => op));
  const { width, height } = size;
  const grid = patchGridOf(recipe);
  return grid === undefined ? [height, width, channels] : [grid.rows * grid.columns, height, width, channels];
}

/** The grid that a recipe cuts patches by; undefined where it cuts none. */
export const patchGridOf = (recipe: Recipe): PatchGrid | undefined =>
  recipe.find((operation) => operation.op === "patches");
