import type { Image } from "../image.ts";
import { blendLevel, blendProducts } from "./blend.ts";
import { luma } from "./luma.ts";

/**
 * Moves every pixel away from its own grey: 0 is greyscale, 1 changes nothing, 2 doubles the colour.
 *
 * As `ImageEnhance.Color(image).enhance(factor)`, which is torchvision's `adjust_saturation` and "Color" in the pools of
 * AutoAugment and its descendants.
 */
export function saturation(source: Image, target: Uint8Array, factor: number): void {
  const { data } = source;
  const products = blendProducts(factor);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]!;
    const green = data[i + 1]!;
    const blue = data[i + 2]!;
    const grey = luma(red, green, blue);
    target[i] = blendLevel(grey, red, products);
    target[i + 1] = blendLevel(grey, green, products);
    target[i + 2] = blendLevel(grey, blue, products);
  }
}
