import type { Operation, Recipe } from "../recipe.ts";
import { bicubicCrop, type CropOptions, flip, grey, jitter } from "./lines.ts";
import { kernelBlur } from "./simclr.ts";

export interface ByolViewOptions extends CropOptions {
  /** Probability of the blur: 1 for the first view (T) and 0.1 for the second (T'). */
  readonly blur: number;
  /** Probability that levels from 128 on are inverted: 0 for the first view and 0.2 for the second. */
  readonly solarize: number;
  /** Strength of the saturation jitter. Default 0.2. */
  readonly saturation?: number;
}

/**
 * BYOL's augmentation of one view (arXiv:2006.07733, appendix B; deepmind-research/byol,
 * utils/augmentations.py): crop, flip, colour jitter, grey, blur, solarize, in this order. Its two views
 * differ in the probabilities of the last two.
 *
 * Crops cover (0.08, 1) of the area by default, and are scaled bicubically. The blur is SimCLR's.
 */
export function byolView({
  size,
  scale = [0.08, 1],
  blur,
  solarize,
  saturation = 0.2,
}: ByolViewOptions): Recipe {
  return [
    bicubicCrop(size, scale),
    flip,
    jitter(0.4, 0.1, 0.8, saturation),
    grey,
    ...(blur > 0 ? [kernelBlur(size, blur)] : []),
    ...(solarize > 0 ? [{ op: "solarize", threshold: 128, p: solarize } satisfies Operation] : []),
  ];
}
