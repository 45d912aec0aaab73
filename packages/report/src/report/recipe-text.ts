import type { Recipe } from "@tssl/augment-zoo";

/** "randomResizedCrop (size 32, scale 0.2 to 1) · grayscale (p 0.2)" */
export function recipeText(recipe: Recipe): string {
  return recipe
    .map(({ op, ...parameters }) => {
      const values = Object.entries(parameters).map(([name, value]) => `${name} ${valueText(value)}`);
      return values.length === 0 ? op : `${op} (${values.join(", ")})`;
    })
    .join(" · ");
}

/** Ranges are pairs; fractions are shown with three digits. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(" to ");
  if (typeof value === "number") return String(Number(value.toPrecision(3)));
  return typeof value === "string" ? value : JSON.stringify(value);
}
