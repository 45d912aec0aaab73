import type { Canvas } from "../canvas.ts";

/** Keeps the highest `bits` bits of each level (1 .. 8; 8 changes nothing). As `ImageOps.posterize`. */
export function posterize(canvas: Canvas, { bits }: { readonly bits: number }): void {
  const mask = 256 - (1 << (8 - bits));
  canvas.mapLevels(Uint8Array.from({ length: 256 }, (_, level) => level & mask));
}
