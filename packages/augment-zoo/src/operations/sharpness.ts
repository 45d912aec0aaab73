import type { Image } from "../image.ts";
import { blendLevel, blendProducts } from "./blend.ts";

/**
 * Moves every pixel away from a smoothed copy: 0 is smooth, 1 changes nothing, 2 is sharpened.
 *
 * As `ImageEnhance.Sharpness(image).enhance(factor)`. The smoothed copy is a 3 x 3 mean in which the middle counts five
 * times (`ImageFilter.SMOOTH`); the outermost pixels have none and stay as they are.
 */
export function sharpness(source: Image, target: Uint8Array, factor: number): void {
  const { width, height, data } = source;
  target.set(data);
  const products = blendProducts(factor);
  const stride = width * 3;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * stride + 3, end = (y + 1) * stride - 3; i < end; i++) {
      const level = data[i]!;
      const up = i - stride;
      const down = i + stride;
      const total =
        data[up - 3]! + data[up]! + data[up + 3]! +
        data[i - 3]! + level * 5 + data[i + 3]! +
        data[down - 3]! + data[down]! + data[down + 3]!; // prettier-ignore
      // 2 * total + 13 over 26 is total / 13 rounded, in whole numbers.
      const smooth = ((2 * total + 13) / 26) | 0;
      target[i] = blendLevel(smooth, level, products);
    }
  }
}
