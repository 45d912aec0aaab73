import { type AppliedOperation, replay, type Size, sizeAfter } from "./applied.ts";
import { checkRecipe } from "./check-recipe.ts";
import { RecipeError } from "./errors.ts";
import type { Image } from "./image.ts";
import type { ResampleFilter } from "./operations/resized-crop.ts";
import type { Random } from "./random.ts";
import { type ColorJitterStrength, sampleColorJitter } from "./sampling/color-jitter.ts";
import { sampleCrop } from "./sampling/random-resized-crop.ts";
import { sampleStrong, type StrongPool } from "./sampling/random-strong.ts";
import { roundHalfToEven } from "./sampling/round.ts";

/** Low and high end of a uniform draw. */
export type Range = readonly [number, number];

/**
 * One line of a recipe. `p` is the probability that the line is carried out; sizes are sides in pixels.
 *
 * - randomResizedCrop: a random box (`scale`: fraction of the area, `ratio`: width / height) scaled to size x size
 * - colorJitter: brightness, contrast, saturation 1 +- strength and hue +- strength, in random order
 * - grayscale, horizontalFlip
 * - gaussianBlur: standard deviation uniform in `sigma`, in pixels
 * - solarize: inverts levels from `threshold` (0 .. 256) on
 * - randomStrong: CLSA's composition, see `stronger`
 * - resize: the shorter side becomes `size`; an image whose shorter side is `unless` already stays as it is
 * - centerCrop: the middle size x size; black where the image is smaller
 */
export type Operation =
  | {
      readonly op: "randomResizedCrop";
      readonly size: number;
      readonly scale: Range;
      readonly ratio: Range;
      /** "bilinear" where absent, as in torchvision. */
      readonly filter?: ResampleFilter;
    }
  | ({ readonly op: "colorJitter"; readonly p: number } & ColorJitterStrength)
  | { readonly op: "grayscale"; readonly p: number }
  | { readonly op: "gaussianBlur"; readonly sigma: Range; readonly p: number }
  | { readonly op: "horizontalFlip"; readonly p: number }
  | { readonly op: "solarize"; readonly threshold: number; readonly p: number }
  | {
      readonly op: "randomStrong";
      readonly pool: StrongPool;
      readonly draws: number;
      readonly probability: number;
    }
  | {
      readonly op: "resize";
      readonly size: number;
      readonly unless?: number;
      readonly filter?: ResampleFilter;
    }
  | { readonly op: "centerCrop"; readonly size: number };

/** Operations in order, as plain JSON data: a recipe travels to worker threads, into a config file and into a report. */
export type Recipe = readonly Operation[];

/**
 * Makes one view of an image: draws every parameter first, then computes.
 *
 * The image is left as it is. `replay(image, applied)` gives the same bytes again.
 *
 * @example
 * const { image: view, applied } = applyRecipe(image, mocoV2({ size: 32 }), randomStream(seed, epoch, index, "query"));
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

/** The parameters of one view of an image of this size. The recipe is taken to be a checked one. */
export function sampleRecipe(size: Size, recipe: Recipe, random: Random): AppliedOperation[] {
  const applied: AppliedOperation[] = [];
  for (const operation of recipe) {
    for (const step of sample(size, operation, random)) {
      applied.push(step);
      size = sizeAfter(size, step);
    }
  }
  return applied;
}

function sample(size: Size, operation: Operation, random: Random): AppliedOperation[] {
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
      return resizeShorterSide(size, operation.size, operation.unless, operation.filter ?? "bilinear");
    case "centerCrop":
      return centerCrop(size, operation.size);
  }
}

/** torchvision's `Resize(size)`: the longer side is scaled alike and rounded down. */
function resizeShorterSide(
  { width, height }: Size,
  size: number,
  unless: number | undefined,
  filter: ResampleFilter,
): AppliedOperation[] {
  const shorter = Math.min(width, height);
  if (shorter === size || shorter === unless) return [];
  const longer = Math.trunc((size * Math.max(width, height)) / shorter);
  const after = width <= height ? { width: size, height: longer } : { width: longer, height: size };
  return [{ op: "resize", ...after, filter }];
}

/** torchvision's `CenterCrop(size)`, with its rounding: halves to the even side, smaller images padded with black. */
function centerCrop({ width, height }: Size, size: number): AppliedOperation[] {
  if (width === size && height === size) return [];
  const start = (side: number): number =>
    side < size ? -Math.floor((size - side) / 2) : roundHalfToEven((side - size) / 2);
  return [{ op: "crop", left: start(width), top: start(height), width: size, height: size }];
}

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
