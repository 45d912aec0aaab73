import type { Recipe } from "../recipe.ts";
import { type CropOptions, RATIO } from "./moco.ts";

/**
 * The usual view for training a classifier: crop (0.08, 1) and flip 0.5. As pytorch/examples,
 * imagenet/main.py, and the linear classification of facebookresearch/moco, main_lincls.py.
 */
export function supervisedView({ size, scale = [0.08, 1] }: CropOptions): Recipe {
  return [
    { op: "randomResizedCrop", size, scale, ratio: RATIO },
    { op: "horizontalFlip", p: 0.5 },
  ];
}

/**
 * SupCon's augmentation (arXiv:2004.11362; HobbitLong/SupContrast, main_supcon.py): crop, flip, colour
 * jitter, grey, in this order.
 */
export function supconView({ size, scale = [0.2, 1] }: CropOptions): Recipe {
  return [
    { op: "randomResizedCrop", size, scale, ratio: RATIO },
    { op: "horizontalFlip", p: 0.5 },
    { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 0.8 },
    { op: "grayscale", p: 0.2 },
  ];
}
