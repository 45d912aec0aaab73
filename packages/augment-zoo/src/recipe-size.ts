import { checkRecipe } from "./check-recipe.ts";
import * as messages from "./messages.ts";
import type { Range, Recipe } from "./recipe.ts";
import { squareAfter } from "./square-after.ts";

/** The output of a recipe: one square image, or a stack of square patches. */
export interface OutputShape {
  /** Side of a square, in pixels. */
  readonly side: number;
  /** Number of squares; 1 unless the recipe ends in patches. */
  readonly patches: number;
}

/** The output shape of a recipe. @throws {RecipeError} if it depends on the image. */
export function outputShape(recipe: Recipe): OutputShape {
  checkRecipe(recipe);
  const side = squareAfter(recipe);
  if (side === undefined) throw messages.sizeNotFixed(opsOf(recipe));
  const last = recipe.at(-1);
  if (last?.op === "jigsaw") return { side: last.size, patches: last.grid ** 2 };
  if (last?.op === "patchGrid") {
    return { side: last.size, patches: (Math.floor((side - last.size) / last.stride) + 1) ** 2 };
  }
  return { side, patches: 1 };
}

/**
 * Side of the output of a recipe, in pixels. @throws {RecipeError} if it depends on the image, or there are
 * several patches.
 */
export function outputSize(recipe: Recipe): number {
  const { side, patches } = outputShape(recipe);
  if (patches === 1) return side;
  throw messages.severalPatches(opsOf(recipe), patches);
}

/**
 * The same recipe with another crop size and, if given, another range of crop areas.
 *
 * CLSA's views of side s have crop areas (0.2, 1) * s / r of the image, where r is the side of the key view.
 */
export function withSize(
  recipe: Recipe,
  { size, scale }: { readonly size: number; readonly scale?: Range },
): Recipe {
  if (!recipe.some(({ op }) => op === "randomResizedCrop")) {
    throw messages.cropMissing(opsOf(recipe));
  }
  const resized = recipe.map((operation) =>
    operation.op === "randomResizedCrop"
      ? { ...operation, size, scale: scale ?? operation.scale }
      : operation,
  );
  checkRecipe(resized);
  return resized;
}

const opsOf = (recipe: Recipe): readonly string[] => recipe.map(({ op }) => op);
