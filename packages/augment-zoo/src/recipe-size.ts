import { checkRecipe } from "./check-recipe.ts";
import { RecipeError } from "./errors.ts";
import type { Range, Recipe } from "./recipe.ts";
import { squareAfter } from "./square-after.ts";

/** What a recipe makes of every image: one square, or a stack of them. */
export interface OutputShape {
  /** Pixels. */
  readonly side: number;
  /** Squares; 1 but for recipes that end in patches. */
  readonly patches: number;
}

/** The shape that every image leaves the recipe with. An error if that depends on the image. */
export function outputShape(recipe: Recipe): OutputShape {
  checkRecipe(recipe);
  const side = squareAfter(recipe);
  if (side === undefined) {
    throw new RecipeError(
      `The recipe [${recipe.map(({ op }) => op).join(", ")}] has no fixed output size. ` +
        "Add a randomResizedCrop or a centerCrop.",
    );
  }
  const last = recipe.at(-1);
  if (last?.op === "jigsaw") return { side: last.size, patches: last.grid ** 2 };
  if (last?.op === "patchGrid") {
    return { side: last.size, patches: (Math.floor((side - last.size) / last.stride) + 1) ** 2 };
  }
  return { side, patches: 1 };
}

/**
 * Side of the one square that every image leaves the recipe as. An error if there are several or their size
 * depends on the image.
 *
 * @example
 * ```ts
 * outputSize([{ op: "centerCrop", size: 32 }]); // => 32
 * ```
 */
export function outputSize(recipe: Recipe): number {
  const { side, patches } = outputShape(recipe);
  if (patches === 1) return side;
  throw new RecipeError(
    `The recipe [${recipe.map(({ op }) => op).join(", ")}] gives ${patches} patches where one image is wanted.`,
  );
}

/**
 * The same recipe at another crop size and, where given, another range of crop areas.
 *
 * CLSA's views of side s take areas (0.2, 1) * s / reference of the image, the reference being the side of
 * the key view.
 *
 * @example
 * ```ts
 * const half = withSize(mocoV2({ size: 32 }), { size: 16 });
 * outputSize(half); // => 16
 * ```
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
