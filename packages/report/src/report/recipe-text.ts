import type { Recipe } from "@tssl/augment-zoo";

import { parameterTexts } from "./parameter-texts.ts";

/** "randomResizedCrop (size 32, scale 0.2 to 1) · grayscale (p 0.2)" */
export function recipeText(recipe: Recipe): string {
  return recipe
    .map(({ op, ...parameters }) => {
      const values = parameterTexts(parameters);
      return values.length === 0 ? op : `${op} (${values.join(", ")})`;
    })
    .join(" · ");
}
