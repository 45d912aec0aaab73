import type { Recipe } from "../recipe.ts";

/**
 * The usual view for evaluation, without randomness: resizes the shorter side to 256/224 of `size` and crops
 * the middle, as torchvision's Resize(256) and CenterCrop(224) do for 224.
 *
 * An image whose shorter side already is `size`, such as CIFAR's 32 x 32, is not resampled.
 */
export function evaluationView({ size }: { readonly size: number }): Recipe {
  return [
    { op: "resize", size: Math.round((size * 256) / 224), unless: size },
    { op: "centerCrop", size },
  ];
}
