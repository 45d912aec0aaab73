import type { Image } from "../image.ts";

/** Keeps the highest `bits` bits of each level (1 .. 8; 8 changes nothing). As `ImageOps.posterize`. */
export function posterize(source: Image, target: Uint8Array, bits: number): void {
  const { data } = source;
  const mask = 256 - (1 << (8 - bits));
  for (let i = 0; i < data.length; i++) target[i] = data[i]! & mask;
}
