import type { Recipe } from "../recipe.ts";
import { crop, type CropOptions, flip, grey, jitter } from "./lines.ts";

/**
 * The usual view for training a classifier: crop (0.08, 1) and flip 0.5. As pytorch/examples,
 * imagenet/main.py, and the linear classification of facebookresearch/moco, main_lincls.py.
 */
export const supervisedView = ({ size, scale = [0.08, 1] }: CropOptions): Recipe => [crop(size, scale), flip];

/**
 * SupCon's augmentation (arXiv:2004.11362; HobbitLong/SupContrast, main_supcon.py): crop, flip, colour
 * jitter, grey, in this order.
 */
export const supconView = ({ size, scale = [0.2, 1] }: CropOptions): Recipe => [
  crop(size, scale),
  flip,
  jitter(0.4, 0.1, 0.8),
  grey,
];
