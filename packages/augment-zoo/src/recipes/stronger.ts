import { checkRecipe } from "../check-recipe.ts";
import type { Recipe } from "../recipe.ts";
import type { StrongPool } from "../sampling/random-strong.ts";

/** CLSA's composition, with the paper's values where absent. */
export interface StrongerOptions {
  /** Which fourteen operations: "paper" (default) or "repository". */
  readonly pool?: StrongPool;
  /** Operations drawn per view, with replacement. 5. */
  readonly draws?: number;
  /** Probability that a drawn operation is applied. 0.5. */
  readonly probability?: number;
}

/**
 * CLSA's strong augmentation (arXiv:2104.07713): the whole weak recipe, and on top of it `draws` operations
 * out of fourteen, each applied with `probability`.
 *
 * @example
 * const strong = stronger(mocoV2View({ size: 32 }), { pool: "repository" });
 */
export function stronger(
  weak: Recipe,
  { pool = "paper", draws = 5, probability = 0.5 }: StrongerOptions = {},
): Recipe {
  const recipe: Recipe = [...weak, { op: "randomStrong", pool, draws, probability }];
  checkRecipe(recipe);
  return recipe;
}
