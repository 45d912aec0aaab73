import type { Range, Recipe } from "../recipe.ts";

/** Size and crop of a training recipe. */
export interface CropOptions {
  /** Side of the view in pixels. */
  readonly size: number;
  /** Range of the crop's share of the image's area. Default [0.2, 1], unless the recipe says otherwise. */
  readonly scale?: Range;
}

/** Width over height of torchvision's RandomResizedCrop. */
export const RATIO: Range = [3 / 4, 4 / 3];

/**
 * MoCo v1's augmentation (arXiv:1911.05722; facebookresearch/moco, main_moco.py without --aug-plus), which is
 * InstDisc's: crop, grey, colour jitter on every view, flip, in this order.
 */
export function mocoV1View({ size, scale = [0.2, 1] }: CropOptions): Recipe {
  return [
    { op: "randomResizedCrop", size, scale, ratio: RATIO },
    { op: "grayscale", p: 0.2 },
    { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4, p: 1 },
    { op: "horizontalFlip", p: 0.5 },
  ];
}

/**
 * MoCo v2's augmentation (arXiv:2003.04297; facebookresearch/moco, main_moco.py --aug-plus), also CLSA's weak
 * one: crop, colour jitter, grey, blur, flip.
 *
 * The blur is 0.1 to 2 pixels at any `size`, the authors' values for 224.
 */
export function mocoV2View({ size, scale = [0.2, 1] }: CropOptions): Recipe {
  return [
    { op: "randomResizedCrop", size, scale, ratio: RATIO },
    { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 0.8 },
    { op: "grayscale", p: 0.2 },
    { op: "gaussianBlur", sigma: [0.1, 2], p: 0.5 },
    { op: "horizontalFlip", p: 0.5 },
  ];
}
