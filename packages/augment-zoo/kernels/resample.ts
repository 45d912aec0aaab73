// A table of taps holds for each output: the first input (32 bits), then `pairs` times the weights of two
// inputs that follow one another. A weight in 22-bit fixed point is split into weight >> 11 and weight &
// 2047, because a dot product takes 16 bits; a pair is (high, high, low, low). Whole numbers, so the sum is
// Pillow's to the bit.

/** 0.5 in 22-bit fixed point. */
const HALF: i32 = 1 << 21;

/** Scales each row to `size` pixels. First inputs are counted in bytes. */
export function scaleRows(
  from: usize, stride: usize, rows: i32, to: usize, size: i32, taps: usize, pairs: i32,
): void {
  const outStride = <usize>size * 3;
  const count = <usize>rows;
  let y: usize = 0;
  for (; y + 1 < count; y += 2) {
    const a = from + y * stride;
    const b = a + stride;
    let outA = to + y * outStride;
    let tap = taps;
    for (let i = 0; i < size; i++, outA += 3) {
      const first = <usize>load<i32>(tap);
      tap += 4;
      let highA = i32x4.splat(0);
      let highB = i32x4.splat(0);
      let lowA = i32x4.splat(HALF);
      let lowB = i32x4.splat(HALF);
      for (let p = 0, at = first; p < pairs; p++, at += 6, tap += 8) {
        const high = v128.load32_splat(tap);
        const low = v128.load32_splat(tap, 4);
        const pixelsA = pairOf(a + at);
        const pixelsB = pairOf(b + at);
        highA = i32x4.add(highA, i32x4.dot_i16x8_s(pixelsA, high));
        lowA = i32x4.add(lowA, i32x4.dot_i16x8_s(pixelsA, low));
        highB = i32x4.add(highB, i32x4.dot_i16x8_s(pixelsB, high));
        lowB = i32x4.add(lowB, i32x4.dot_i16x8_s(pixelsB, low));
      }
      const levels = i16x8.narrow_i32x4_s(total(highA, lowA), total(highB, lowB));
      const bytes = i8x16.narrow_i16x8_u(levels, levels);
      storePixel(outA, bytes, 0);
      storePixel(outA + outStride, bytes, 1);
    }
  }
  if (y < count) {
    const a = from + y * stride;
    let out = to + y * outStride;
    let tap = taps;
    for (let i = 0; i < size; i++, out += 3) {
      const first = <usize>load<i32>(tap);
      tap += 4;
      let high = i32x4.splat(0);
      let low = i32x4.splat(HALF);
      for (let p = 0, at = a + first; p < pairs; p++, at += 6, tap += 8) {
        const pixels = pairOf(at);
        high = i32x4.add(high, i32x4.dot_i16x8_s(pixels, v128.load32_splat(tap)));
        low = i32x4.add(low, i32x4.dot_i16x8_s(pixels, v128.load32_splat(tap, 4)));
      }
      const levels = i16x8.narrow_i32x4_s(total(high, low), low);
      storePixel(out, i8x16.narrow_i16x8_u(levels, levels), 0);
    }
  }
}

/** Two neighbouring pixels as 16-bit pairs (red, red), (green, green), (blue, blue). */
// @ts-ignore: decorator
@inline function pairOf(at: usize): v128 {
  const px = v128.load64_zero(at);
  return i8x16.swizzle(px, i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
}

// @ts-ignore: decorator
@inline function total(high: v128, low: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.shl(high, 11), low), 22);
}

/** Three bytes of 32-bit lane `lane`. */
// @ts-ignore: decorator
@inline function storePixel(at: usize, bytes: v128, lane: i32): void {
  const pixel = lane == 0 ? i32x4.extract_lane(bytes, 0) : i32x4.extract_lane(bytes, 1);
  store<u16>(at, <u16>pixel);
  store<u8>(at, <u8>(pixel >> 16), 2);
}

/**
 * Scales `rows` rows of `bytes` bytes to `size` rows. First inputs are row numbers. Output rows follow one
 * another.
 */
export function scaleColumns(
  from: usize, stride: usize, bytes: i32, rows: i32, to: usize, size: i32, taps: usize, pairs: i32,
): void {
  const last = from + <usize>(rows - 1) * stride;
  for (let i = 0; i < size; i++, to += bytes) {
    const first = from + <usize>load<i32>(taps) * stride;
    taps += 4;
    for (let x = 0; x < bytes; x += 16) {
      let high0 = i32x4.splat(0);
      let high1 = i32x4.splat(0);
      let high2 = i32x4.splat(0);
      let high3 = i32x4.splat(0);
      let low0 = i32x4.splat(HALF);
      let low1 = i32x4.splat(HALF);
      let low2 = i32x4.splat(HALF);
      let low3 = i32x4.splat(HALF);
      for (let p = 0, row = first, tap = taps; p < pairs; p++, tap += 8) {
        // Rows beyond the last have weight 0.
        const a = v128.load(min(row, last) + x);
        const b = v128.load(min(row + stride, last) + x);
        row += stride * 2;
        const high = v128.load32_splat(tap);
        const low = v128.load32_splat(tap, 4);
        const left = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const right = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const p0 = i16x8.extend_low_i8x16_u(left);
        const p1 = i16x8.extend_high_i8x16_u(left);
        const p2 = i16x8.extend_low_i8x16_u(right);
        const p3 = i16x8.extend_high_i8x16_u(right);
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(p0, high));
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(p1, high));
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(p2, high));
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(p3, high));
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(p0, low));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(p1, low));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(p2, low));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(p3, low));
      }
      const left = i16x8.narrow_i32x4_s(total(high0, low0), total(high1, low1));
      const right = i16x8.narrow_i32x4_s(total(high2, low2), total(high3, low3));
      v128.store(to + x, i8x16.narrow_i16x8_u(left, right)); // the next row begins where this one's last block may overlap it
    }
    taps += 8 * pairs;
  }
}
