import type { Recipe } from "../recipe.ts";
import type { StrongPool } from "../sampling/random-strong.ts";
import type { CropOptions } from "./lines.ts";
import { mocoV2View } from "./moco.ts";
import { stronger } from "./stronger.ts";

/**
 * CLSA's strong view (arXiv:2104.07713): MoCo v2's augmentation, followed by five of fourteen operations,
 * with the values of the paper or of maple-research-lab/CLSA. `stronger` makes a strong view from any weak
 * recipe.
 */
export function clsaStrongView({
  pool = "paper",
  ...crop
}: CropOptions & { readonly pool?: StrongPool }): Recipe {
  return stronger(mocoV2View(crop), { pool });
}
