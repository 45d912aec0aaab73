import { storeTwelve } from "./pixels";

/** Every row from right to left. */
export function flip(from: usize, to: usize, width: i32, height: i32): void {
  const stride = width * 3;
  const whole = width & ~3;
  for (let y = 0; y < height; y++, from += stride, to += stride) {
    let source = from + stride;
    for (let x = 0; x < whole; x += 4) {
      source -= 12;
      const px = v128.load(source);
      storeTwelve(to + x * 3, i8x16.swizzle(px, i8x16(9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, -1, -1, -1, -1)));
    }
    for (let x = whole; x < width; x++) {
      source -= 3;
      memory.copy(to + x * 3, source, 3);
    }
  }
}
