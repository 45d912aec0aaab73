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
