import { type AppliedOperation, sizeAfter } from "./applied.ts";
import { replay } from "./replay.ts";
import { checkRecipe } from "./check-recipe.ts";
import type { Image, Size } from "./image.ts";
import type { Random } from "./random.ts";
import type { Operation, Recipe } from "./recipe.ts";
import { sampleColorJitter } from "./sampling/color-jitter.ts";
import { sampleCutout } from "./sampling/cutout.ts";
import { type PatchGrid, samplePatches } from "./sampling/patches.ts";
import { sampleCrop } from "./sampling/random-resized-crop.ts";
import { MEAN_COLOUR, sampleStrong } from "./sampling/random-strong.ts";
import { centerCrop, resizeToCover, stretch } from "./sampling/framing.ts";

/**
 * Makes one view of an image: draws all parameters first, then computes.
 *
 * The image is not changed. `replay(image, applied)` gives the same bytes again.
 *
 * @example
 * ```ts
 * const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) };
 * const flipped = applyRecipe(image, [{ op: "horizontalFlip", p: 1 }], randomStream(1));
 * flipped.image.data; // => [0, 0, 255, 255, 0, 0]
 * flipped.applied; // => [{ op: "horizontalFlip" }]
 * ```
 */
export function applyRecipe(
  image: Image,
  recipe: Recipe,
  random: Random,
): { image: Image; applied: readonly AppliedOperation[] } {
  checkRecipe(recipe);
  const applied = sampleRecipe(image, recipe, random);
  return { image: replay(image, applied), applied };
}

/** Draws the parameters of one view of an image of this size. The recipe must have been checked. */
export function sampleRecipe(size: Size, recipe: Recipe, random: Random): AppliedOperation[] {
  const applied: AppliedOperation[] = [];
  for (const [i, operation] of recipe.entries()) {
    if (operation.op === "patches") {
      applied.push(patches(operation, recipe.slice(i + 1), random));
      break;
    }
    for (const step of sample(size, operation, random)) {
      applied.push(step);
      size = sizeAfter(size, step);
    }
  }
  return applied;
}

type WholeImageOperation = Exclude<Operation, { readonly op: "patches" }>;

function sample(size: Size, operation: WholeImageOperation, random: Random): AppliedOperation[] {
  if ("p" in operation && !random.chance(operation.p)) return [];
  switch (operation.op) {
    case "randomResizedCrop": {
      const box = sampleCrop(size, operation.scale, operation.ratio, random);
      return [{ op: "resizedCrop", ...box, size: operation.size, filter: operation.filter ?? "bilinear" }];
    }
    case "colorJitter":
      return sampleColorJitter(operation, random);
    case "grayscale":
    case "horizontalFlip":
      return [{ op: operation.op }];
    case "gaussianBlur":
      return [{ op: "gaussianBlur", sigma: random.between(...operation.sigma) }];
    case "solarize":
      return [{ op: "solarize", threshold: operation.threshold }];
    case "randomStrong":
      return sampleStrong(operation.pool, operation.draws, operation.probability, size, random);
    case "resize":
      return resizeToCover(size, operation);
    case "stretch":
      return stretch(size, operation);
    case "centerCrop":
      return centerCrop(size, operation);
    case "gaussianKernelBlur": {
      const { kernelSize, border } = operation;
      return [{ op: "gaussianKernelBlur", sigma: random.between(...operation.sigma), kernelSize, border }];
    }
    case "cutout":
      return [sampleCutout(size, operation.side, random)];
    case "colorDrop":
      return [{ op: "keepChannel", channel: random.integer(3), colour: MEAN_COLOUR }];
  }
}

/** @param each the lines after the patches. */
function patches(grid: PatchGrid, each: Recipe, random: Random): AppliedOperation {
  const { size } = grid;
  const corners = samplePatches(grid, random);
  const square = { width: size, height: size };
  const cut = corners.map((corner) => ({ ...corner, applied: sampleRecipe(square, each, random) }));
  return { op: "patches", size, patches: cut };
}
