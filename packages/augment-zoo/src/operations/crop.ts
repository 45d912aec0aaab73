import type { Image } from "../image.ts";
import type { Box } from "./resized-crop.ts";

/** Cuts out a rectangle; black where it reaches beyond the image. As `Image.crop`. */
export function crop(source: Image, target: Uint8Array, box: Box): void {
  const { width, height, data } = source;
  const left = Math.max(0, box.left);
  const right = Math.min(width, box.left + box.width);
  for (let y = 0; y < box.height; y++) {
    const row = y * box.width * 3;
    const from = box.top + y;
    if (from < 0 || from >= height || right <= left) {
      target.fill(0, row, row + box.width * 3);
      continue;
    }
    const begin = row + (left - box.left) * 3;
    const end = row + (right - box.left) * 3;
    target.fill(0, row, begin);
    target.set(data.subarray((from * width + left) * 3, (from * width + right) * 3), begin);
    target.fill(0, end, row + box.width * 3);
  }
}
