import type { Recipe } from "../recipe.ts";
import { RATIO } from "./moco.ts";

/** SwAV's crops. The defaults are the values of its 800-epoch run, 2 x 224 + 6 x 96. */
export interface SwavViewOptions {
  /** Sides of the large and of the small views, in pixels. */
  readonly size?: number;
  readonly smallSize?: number;
  /** Number of small views. Default 6. */
  readonly small?: number;
}

/**
 * SwAV's multi-crop (arXiv:2006.09882; facebookresearch/swav at 9a2dc80, src/multicropdataset.py, and the
 * crops of scripts/swav_800ep_pretrain.sh): two large views "large1" and "large2" with areas (0.14, 1), and
 * small ones "small1", "small2", ... with (0.05, 0.14). Crop, flip 0.5, colour jitter (0.8, 0.8, 0.8, 0.2)
 * with 0.8, grey 0.2, Pillow's blur of 0.1 to 2 pixels with 0.5, in this order.
 *
 * The authors normalize with a deviation of 0.228 in place of ImageNet's 0.229. Normalization is not part of
 * a recipe.
 *
 * @example
 * Object.keys(swavViews({ small: 1 })); // => ["large1", "large2", "small1"]
 */
export function swavViews({ size = 224, smallSize = 96, small = 6 }: SwavViewOptions = {}): Readonly<
  Record<string, Recipe>
> {
  const view = (side: number, scale: readonly [number, number]): Recipe => [
    { op: "randomResizedCrop", size: side, scale, ratio: RATIO },
    { op: "horizontalFlip", p: 0.5 },
    { op: "colorJitter", brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, p: 0.8 },
    { op: "grayscale", p: 0.2 },
    { op: "gaussianBlur", sigma: [0.1, 2], p: 0.5 },
  ];
  const named = (name: string, count: number, recipe: Recipe): [string, Recipe][] =>
    Array.from({ length: count }, (_, i) => [`${name}${i + 1}`, recipe]);
  return Object.fromEntries([
    ...named("large", 2, view(size, [0.14, 1])),
    ...named("small", small, view(smallSize, [0.05, 0.14])),
  ]);
}
