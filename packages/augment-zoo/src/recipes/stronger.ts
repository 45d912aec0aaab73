import { checkRecipe } from "../check-recipe.ts";
import type { Recipe } from "../recipe.ts";
import type { StrongPool } from "../sampling/random-strong.ts";

/** Options of CLSA's composition; the defaults are the paper's values. */
export interface StrongerOptions {
  /** Which fourteen operations: "paper" (default) or "repository". */
  readonly pool?: StrongPool;
  /** Number of operations drawn per view, with replacement. Default 5. */
  readonly draws?: number;
  /** Probability that a drawn operation is applied. Default 0.5. */
  readonly probability?: number;
}

/**
 * CLSA's strong augmentation (arXiv:2104.07713): the weak recipe, followed by `draws` operations out of
 * fourteen, each applied with `probability`.
 *
 * @example
 * ```ts
 * const strong = stronger(mocoV2View({ size: 32 }), { pool: "repository" });
 * strong.at(-1); // => { op: "randomStrong", pool: "repository", draws: 5, probability: 0.5 }
 * ```
 */
export function stronger(
  weak: Recipe,
  { pool = "paper", draws = 5, probability = 0.5 }: StrongerOptions = {},
): Recipe {
  const recipe: Recipe = [...weak, { op: "randomStrong", pool, draws, probability }];
  checkRecipe(recipe);
  return recipe;
}
