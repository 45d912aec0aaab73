import type { Image } from "../image.ts";
import { blendTable } from "./blend.ts";
import { lookUp } from "./lookup.ts";

/**
 * Scales every level: 0 is black, 1 changes nothing, 2 is twice as bright.
 *
 * As `ImageEnhance.Brightness(image).enhance(factor)`, which is torchvision's `adjust_brightness`.
 */
export function brightness(source: Image, target: Uint8Array, factor: number): void {
  lookUp(source.data, target, blendTable(0, factor));
}
