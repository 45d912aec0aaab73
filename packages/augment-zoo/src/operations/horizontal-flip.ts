import type { Image } from "../image.ts";

/** Left to right. As `Image.transpose(FLIP_LEFT_RIGHT)`. */
export function horizontalFlip(source: Image, target: Uint8Array): void {
  const { width, height, data } = source;
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    let to = (y + 1) * stride - 3;
    for (let from = y * stride, end = from + stride; from < end; from += 3, to -= 3) {
      target[to] = data[from]!;
      target[to + 1] = data[from + 1]!;
      target[to + 2] = data[from + 2]!;
    }
  }
}
