import type { Recipe } from "./recipe.ts";

/**
 * Side of the square, or of each patch, that every image leaves these lines as; undefined if that depends on
 * the image.
 */
export function squareAfter(recipe: Recipe): number | undefined {
  let side: number | undefined;
  for (const operation of recipe) {
    const { op } = operation;
    if (op === "randomResizedCrop" || op === "stretch" || op === "centerCrop" || op === "patches") {
      side = operation.size;
    }
    if (op === "resize" && side !== operation.unless) side &&= operation.size;
  }
  return side;
}
