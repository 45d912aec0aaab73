import type { ViewSize } from "../image.ts";
import type { Range, Recipe } from "../recipe.ts";
import { blur as pillowBlur, crop, type CropOptions, flip, grey, jitter } from "./lines.ts";

export interface SwavViewOptions extends CropOptions {
  /** s, the strength of the colour jitter; 1 where absent. */
  readonly strength?: number;
  /** Probability of the blur, 0.5 where absent; 0 leaves it out, as lightly does on CIFAR-10. */
  readonly blur?: number;
}

/**
 * SwAV's augmentation of one view (arXiv:2006.09882; facebookresearch/swav at 9a2dc80,
 * src/multicropdataset.py): crop, flip 0.5, colour jitter (0.8, 0.8, 0.8, 0.2) of strength s with 0.8, grey
 * 0.2, Pillow's blur of 0.1 to 2 pixels with 0.5, in this order.
 *
 * Areas are those of a large view, (0.14, 1), where `scale` is absent; small views have (0.05, 0.14). The 400
 * epochs without small views have (0.08, 1).
 *
 * The authors normalize with a deviation of 0.228 where others have ImageNet's 0.229; normalizing is no part
 * of a recipe.
 */
export function swavView({ size, scale = LARGE, strength = 1, blur = 0.5 }: SwavViewOptions): Recipe {
  return [
    crop(size, scale),
    flip,
    jitter(0.8 * strength, 0.2 * strength, 0.8),
    grey,
    ...(blur > 0 ? [pillowBlur(blur)] : []),
  ];
}

const LARGE: Range = [0.14, 1];
const SMALL: Range = [0.05, 0.14];

/** SwAV's crops. The defaults are the values of its 800-epoch run, 2 x 224 + 6 x 96. */
export interface SwavViewsOptions {
  /** Pixels of the large and of the small views: sides of squares, or `[height, width]`. */
  readonly size?: ViewSize;
  readonly smallSize?: ViewSize;
  /** Number of small views. Default 6. */
  readonly small?: number;
}

/**
 * SwAV's multi-crop (the crops of scripts/swav_800ep_pretrain.sh): two large views "large1" and "large2" with
 * areas (0.14, 1), and small ones "small1", "small2", ... with (0.05, 0.14), each of them a `swavView`.
 *
 * @example
 * ```ts
 * Object.keys(swavViews({ small: 1 })); // => ["large1", "large2", "small1"]
 * ```
 */
export function swavViews({ size = 224, smallSize = 96, small = 6 }: SwavViewsOptions = {}): Readonly<
  Record<string, Recipe>
> {
  const named = (name: string, count: number, recipe: Recipe): [string, Recipe][] =>
    Array.from({ length: count }, (_, i) => [`${name}${i + 1}`, recipe]);
  return Object.fromEntries([
    ...named("large", 2, swavView({ size })),
    ...named("small", small, swavView({ size: smallSize, scale: SMALL })),
  ]);
}
