import { type Size, sizeOfView } from "./image.ts";
import type { Recipe } from "./recipe.ts";
import { resizeToCover } from "./sampling/framing.ts";

/** The size that every image, or each patch, leaves these lines with; undefined if it depends on the image. */
export function fixedSizeAfter(recipe: Recipe): Size | undefined {
  let size: Size | undefined;
  for (const operation of recipe) {
    const { op } = operation;
    if (op === "randomResizedCrop" || op === "stretch" || op === "centerCrop" || op === "patches") {
      size = sizeOfView(operation.size);
    }
    if (op === "resize" && size !== undefined) {
      const [resized] = resizeToCover(size, operation);
      if (resized?.op === "resize") size = { width: resized.width, height: resized.height };
    }
  }
  return size;
}
