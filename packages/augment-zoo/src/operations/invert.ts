import type { Image } from "../image.ts";

/** The negative: 255 - level. As `ImageOps.invert`. */
export function invert(source: Image, target: Uint8Array): void {
  const { data } = source;
  for (let i = 0; i < data.length; i++) target[i] = 255 - data[i]!;
}
