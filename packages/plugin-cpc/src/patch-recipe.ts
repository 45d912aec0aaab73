import { cpcView, type PatchGrid, patchGridOf, type Recipe, type ViewSize } from "@tssl/augment-zoo";

import * as messages from "./messages.ts";
import type { CpcOptions } from "./options.ts";

/** How an image is cut into patches, and what each of them goes through. */
export interface PatchRecipe {
  readonly recipe: Recipe;
  readonly grid: PatchGrid;
}

/** @throws {TsslError} INVALID_OPTION where images are no squares, or too small for the grid. */
export function patchRecipe(
  { grid, stride, minimumScale, patchOperations, colorDrop }: CpcOptions,
  imageSize: ViewSize,
): PatchRecipe {
  if (typeof imageSize !== "number") throw messages.notSquare(imageSize);
  if (grid >= imageSize) throw messages.moreRowsThanPixels(imageSize, grid);
  const most = Math.floor((imageSize - 1) / (grid - 1));
  if (typeof stride === "number" && stride > most) {
    throw messages.strideTooLarge(most, grid, imageSize, stride);
  }
  const recipe = cpcView({
    size: imageSize,
    scale: [minimumScale, 1],
    grid,
    operations: patchOperations,
    colorDrop,
    ...(typeof stride === "number" && { stride }),
  });
  return { recipe, grid: patchGridOf(recipe)! };
}

/**
 * Rows ahead of a context that are predicted: 3, 4 and 5 by default.
 *
 * @throws {TsslError} INVALID_OPTION where the grid has no such rows.
 */
export function rowsAhead({ grid, stepsToIgnore, stepsToPredict }: CpcOptions): readonly number[] {
  if (stepsToIgnore > grid - 2) throw messages.ignoresAllRows(grid, stepsToIgnore);
  if (stepsToIgnore + stepsToPredict > grid - 1) {
    throw messages.predictsBeyondGrid({ grid, stepsToIgnore }, stepsToPredict);
  }
  return Array.from({ length: stepsToPredict }, (_, i) => stepsToIgnore + 1 + i);
}
