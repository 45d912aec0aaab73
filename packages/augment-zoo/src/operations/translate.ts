import type { Image } from "../image.ts";
import { affine } from "./affine.ts";

/** Shows the image from column `pixels` on: positive moves it left. Fractions take the nearest pixel; black fill. */
export function translateX(source: Image, target: Uint8Array, pixels: number): void {
  affine(source, target, [1, 0, pixels, 0, 1, 0]);
}

/** Shows the image from row `pixels` on: positive moves it up. Fractions take the nearest pixel; black fill. */
export function translateY(source: Image, target: Uint8Array, pixels: number): void {
  affine(source, target, [1, 0, 0, 0, 1, pixels]);
}
