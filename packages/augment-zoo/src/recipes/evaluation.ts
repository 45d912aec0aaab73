import type { Recipe } from "../recipe.ts";

/**
 * The usual view for evaluation: shorter side to 256/224 of `size` (torchvision's Resize(256) and
 * CenterCrop(224), at any size), then the middle. No randomness.
 *
 * An image whose shorter side is `size` already was made for this size, as CIFAR's 32 x 32: it is not
 * resampled.
 */
export function evaluationView({ size }: { readonly size: number }): Recipe {
  return [
    { op: "resize", size: Math.round((size * 256) / 224), unless: size },
    { op: "centerCrop", size },
  ];
}
