import type { Canvas } from "../canvas.ts";

/** The negative: 255 - level. As `ImageOps.invert`. */
export function invert(canvas: Canvas): void {
  canvas.mapLevels(Uint8Array.from({ length: 256 }, (_, level) => 255 - level));
}
