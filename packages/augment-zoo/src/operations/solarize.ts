import type { Image } from "../image.ts";
import { lookUp } from "./lookup.ts";

/** Inverts levels at or above the threshold (0 .. 256; 0 inverts all, 256 none). As `ImageOps.solarize`. */
export function solarize(source: Image, target: Uint8Array, threshold: number): void {
  const table = new Uint8Array(256);
  for (let level = 0; level < 256; level++) table[level] = level < threshold ? level : 255 - level;
  lookUp(source.data, target, table);
}
