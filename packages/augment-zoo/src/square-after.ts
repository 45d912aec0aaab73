import type { Recipe } from "./recipe.ts";

/** Side of the square output of these operations; undefined if it depends on the image. */
export function squareAfter(recipe: Recipe): number | undefined {
  let side: number | undefined;
  for (const operation of recipe) {
    if (operation.op === "randomResizedCrop" || operation.op === "centerCrop") side = operation.size;
    else if (operation.op === "resize" && side !== operation.unless) side &&= operation.size;
  }
  return side;
}
