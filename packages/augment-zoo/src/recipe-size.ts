import { checkRecipe } from "./check-recipe.ts";
import { RecipeError } from "./errors.ts";
import type { Range, Recipe } from "./recipe.ts";

/** Side of the square that every image leaves the recipe as. An error if that depends on the image. */
export function outputSize(recipe: Recipe): number {
  checkRecipe(recipe);
  let side: number | undefined;
  for (const operation of recipe) {
    if (operation.op === "randomResizedCrop" || operation.op === "centerCrop") side = operation.size;
    else if (operation.op === "resize" && side !== operation.unless) side &&= operation.size;
  }
  if (side === undefined) {
    throw new RecipeError(
      `The recipe [${recipe.map(({ op }) => op).join(", ")}] has no fixed output size. ` +
        "Add a randomResizedCrop or a centerCrop.",
    );
  }
  return side;
}

/**
 * The same recipe at another crop size and, where given, another range of crop areas.
 *
 * CLSA's views of side s take areas (0.2, 1) * s / reference of the image, the reference being the side of the key view.
 */
export function withSize(
  recipe: Recipe,
  { size, scale }: { readonly size: number; readonly scale?: Range },
): Recipe {
  if (!recipe.some(({ op }) => op === "randomResizedCrop")) {
    throw new RecipeError(
      `withSize needs a recipe with a randomResizedCrop, got [${recipe.map(({ op }) => op).join(", ")}].`,
    );
  }
  const resized = recipe.map((operation) =>
    operation.op === "randomResizedCrop"
      ? { ...operation, size, scale: scale ?? operation.scale }
      : operation,
  );
  checkRecipe(resized);
  return resized;
}
