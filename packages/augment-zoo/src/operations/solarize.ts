import type { Canvas } from "../canvas.ts";

/** Inverts levels at or above the threshold (0 .. 256; 0 inverts all, 256 none). As `ImageOps.solarize`. */
export function solarize(canvas: Canvas, { threshold }: { readonly threshold: number }): void {
  canvas.mapLevels(Uint8Array.from({ length: 256 }, (_, level) => (level < threshold ? level : 255 - level)));
}
