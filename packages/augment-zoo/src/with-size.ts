import { checkRecipe } from "./check-recipe.ts";
import type { ViewSize } from "./image.ts";
import { cropMissing } from "./messages/recipes.ts";
import type { Range, Recipe } from "./recipe.ts";

/**
 * The same recipe at another crop size and, where given, another range of crop areas.
 *
 * CLSA's views of side s take areas (0.2, 1) * s / reference of the image, the reference being the side of
 * the key view.
 *
 * @example
 * ```ts
 * const half = withSize(mocoV2View({ size: 32 }), { size: 16 });
 * viewShape(half); // => [16, 16, 3]
 * ```
 */
export function withSize(
  recipe: Recipe,
  { size, scale }: { readonly size: ViewSize; readonly scale?: Range },
): Recipe {
  if (!recipe.some(({ op }) => op === "randomResizedCrop")) {
    throw cropMissing(recipe.map(({ op }) => op));
  }
  const resized = recipe.map((operation) =>
    operation.op === "randomResizedCrop"
      ? { ...operation, size, scale: scale ?? operation.scale }
      : operation,
  );
  checkRecipe(resized);
  return resized;
}
