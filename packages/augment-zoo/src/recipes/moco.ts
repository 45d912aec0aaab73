import type { Recipe } from "../recipe.ts";
import { instdiscView } from "./instdisc.ts";
import { blur, crop, type CropOptions, flip, grey, jitter } from "./lines.ts";

/**
 * MoCo v1's augmentation (arXiv:1911.05722; facebookresearch/moco, main_moco.py without --aug-plus), which is
 * InstDisc's: crop, grey, colour jitter on every view, flip, in this order.
 */
export const mocoV1View = ({ size, scale = [0.2, 1] }: CropOptions): Recipe => instdiscView({ size, scale });

/**
 * MoCo v2's augmentation (arXiv:2003.04297; facebookresearch/moco, main_moco.py --aug-plus), also CLSA's weak
 * one: crop, colour jitter, grey, blur, flip.
 *
 * The blur is 0.1 to 2 pixels at any `size`, the authors' values for 224.
 */
export const mocoV2View = ({ size, scale = [0.2, 1] }: CropOptions): Recipe => [
  crop(size, scale),
  jitter(0.4, 0.1, 0.8),
  grey,
  blur(0.5),
  flip,
];
