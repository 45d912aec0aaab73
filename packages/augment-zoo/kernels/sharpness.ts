import { blend, floorToInt } from "./pixels";

/**
 * Blends each pixel with a 3 x 3 mean in which the middle counts five times; the outermost pixels are copied.
 */
export function sharpness(from: usize, to: usize, width: i32, height: i32, factor: f32): void {
  const stride = width * 3;
  if (width < 3 || height < 3) {
    memory.copy(to, from, stride * height);
    return;
  }
  const f = f32x4.splat(factor);
  memory.copy(to, from, stride);
  for (let y = 1; y < height - 1; y++) {
    const row = from + y * stride;
    const out = to + y * stride;
    for (let i = 3; i < stride - 3; i += 16) {
      const at = row + i;
      const middle = v128.load(at);
      const low = i16x8.extend_low_i8x16_u(middle);
      const high = i16x8.extend_high_i8x16_u(middle);
      const lowSum = i16x8.add(lowOfThree(at - stride), i16x8.add(lowOfThree(at), lowOfThree(at + stride)));
      const highSum = i16x8.add(highOfThree(at - stride), i16x8.add(highOfThree(at), highOfThree(at + stride)));
      const lowTotal = i16x8.add(lowSum, i16x8.shl(low, 2));
      const highTotal = i16x8.add(highSum, i16x8.shl(high, 2));
      const sharpLow = i16x8.narrow_i32x4_s(
        sharpened(i32x4.extend_low_i16x8_u(lowTotal), i32x4.extend_low_i16x8_u(low), f),
        sharpened(i32x4.extend_high_i16x8_u(lowTotal), i32x4.extend_high_i16x8_u(low), f),
      );
      const sharpHigh = i16x8.narrow_i32x4_s(
        sharpened(i32x4.extend_low_i16x8_u(highTotal), i32x4.extend_low_i16x8_u(high), f),
        sharpened(i32x4.extend_high_i16x8_u(highTotal), i32x4.extend_high_i16x8_u(high), f),
      );
      v128.store(out + i, i8x16.narrow_i16x8_u(sharpLow, sharpHigh));
    }
    // The last block of the row above reached into this row, and this row's into its last pixel.
    memory.copy(out, row, 3);
    memory.copy(out + stride - 3, row + stride - 3, 3);
  }
  const last = (height - 1) * stride;
  memory.copy(to + last, from + last, stride);
}

// @ts-ignore: decorator
@inline function lowOfThree(at: usize): v128 {
  return i16x8.add(
    i16x8.add(v128.load8x8_u(at - 3), v128.load8x8_u(at)),
    v128.load8x8_u(at + 3),
  );
}

// @ts-ignore: decorator
@inline function highOfThree(at: usize): v128 {
  return lowOfThree(at + 8);
}

/** `total` / 13 rounded is the base. */
// @ts-ignore: decorator
@inline function sharpened(total: v128, level: v128, factor: v128): v128 {
  const mean = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(total), f32x4.splat(6.5)), f32x4.splat(1.0 / 13.0));
  return blend(floorToInt(mean), level, factor);
}
