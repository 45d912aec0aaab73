import type { Recipe } from "../recipe.ts";
import { crop, type CropOptions, flip, grey, jitter } from "./lines.ts";

export interface InstdiscViewOptions extends CropOptions {
  /** Which of the authors' two recipes; "imagenet" where absent. */
  readonly recipe?: "imagenet" | "cifar";
}

/**
 * InstDisc's augmentation (arXiv:1805.01978; zhirongw/lemniscate.pytorch). "imagenet" (main.py at 8051185):
 * crop, grey 0.2, colour jitter (0.4, 0.4, 0.4, 0.4) on every view, flip 0.5, in this order; MoCo v1 took it
 * over. "cifar" (cifar.py at c5f1bd1): crop, colour jitter, grey, without flips.
 *
 * Crops cover (0.2, 1) of the area where `scale` is absent.
 */
export function instdiscView({ size, scale = [0.2, 1], recipe = "imagenet" }: InstdiscViewOptions): Recipe {
  const colours = jitter(0.4, 0.4, 1);
  return recipe === "cifar" ? [crop(size, scale), colours, grey] : [crop(size, scale), grey, colours, flip];
}
