import type { Image } from "../image.ts";
import { lookUp } from "./lookup.ts";

/** Inverts levels at or above the threshold (0 .. 256; 0 inverts all, 256 none). As `ImageOps.solarize`. */
export function solarize(source: Image, target: Uint8Array, threshold: number): void {
  const table = Uint8Array.from({ length: 256 }, (_, level) => (level < threshold ? level : 255 - level));
  lookUp(source.data, target, table);
}
