// Four pixels at a time: 12 bytes in, three vectors of four 32-bit levels out, and back.

/** One channel of four pixels, each level in a 32-bit lane. */
// @ts-ignore: decorator
@inline export function reds(px: v128): v128 {
  return i8x16.swizzle(px, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1));
}
// @ts-ignore: decorator
@inline export function greens(px: v128): v128 {
  return i8x16.swizzle(px, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1));
}
// @ts-ignore: decorator
@inline export function blues(px: v128): v128 {
  return i8x16.swizzle(px, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
}

/** Stores four pixels; levels outside 0 .. 255 are clipped. */
// @ts-ignore: decorator
@inline export function storePixels(at: usize, red: v128, green: v128, blue: v128): void {
  const planes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(red, green), i16x8.narrow_i32x4_s(blue, blue));
  storeTwelve(at, i8x16.swizzle(planes, i8x16(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, -1, -1, -1, -1)));
}

/** Stores the first twelve bytes. */
// @ts-ignore: decorator
@inline export function storeTwelve(at: usize, px: v128): void {
  v128.store64_lane(at, px, 0);
  v128.store32_lane(at, px, 2, 8);
}

/**
 * ITU-R 601 brightness of four pixels in 16-bit fixed point, rounded, as Pillow's convert("L"). The weight of
 * green, 38470, does not fit into 16 signed bits and is split over two products.
 */
// @ts-ignore: decorator
@inline export function lumas(px: v128): v128 {
  const redGreen = i8x16.swizzle(px, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const blueGreen = i8x16.swizzle(px, i8x16(2, -1, 1, -1, 5, -1, 4, -1, 8, -1, 7, -1, 11, -1, 10, -1));
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(redGreen, i32x4.splat(19595 | (19235 << 16))),
    i32x4.dot_i16x8_s(blueGreen, i32x4.splat(7471 | (19235 << 16))),
  );
  return i32x4.shr_u(i32x4.add(sum, i32x4.splat(0x8000)), 16);
}

/**
 * The nearest whole number, for |x| < 2^21: a float so large that its last bit is 1. Halves go to the even
 * side.
 */
// @ts-ignore: decorator
@inline export function roundToInt(x: v128): v128 {
  return i32x4.sub(f32x4.add(x, f32x4.splat(12582912)), i32x4.splat(0x4b400000));
}

/** The whole number below, for |x| < 2^21; trunc_sat would take eight instructions. */
// @ts-ignore: decorator
@inline export function floorToInt(x: v128): v128 {
  return roundToInt(f32x4.floor(x));
}

/**
 * Pillow's blend, base + factor * (level - base) in float32; not yet clipped. Levels below 0 may come out one
 * lower: both clip to 0.
 */
// @ts-ignore: decorator
@inline export function blend(base: v128, level: v128, factor: v128): v128 {
  const from = f32x4.convert_i32x4_s(base);
  const way = f32x4.convert_i32x4_s(i32x4.sub(level, base));
  return floorToInt(f32x4.add(from, f32x4.mul(factor, way)));
}

// Eight pixels at a time: four from each of two vectors, levels in 16-bit lanes.

// @ts-ignore: decorator
@inline export function redWords(left: v128, right: v128): v128 {
  return v128.or(
    i8x16.swizzle(left, i8x16(0, -1, 3, -1, 6, -1, 9, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
    i8x16.swizzle(right, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, 0, -1, 3, -1, 6, -1, 9, -1)),
  );
}
// @ts-ignore: decorator
@inline export function greenWords(left: v128, right: v128): v128 {
  return v128.or(
    i8x16.swizzle(left, i8x16(1, -1, 4, -1, 7, -1, 10, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
    i8x16.swizzle(right, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, 1, -1, 4, -1, 7, -1, 10, -1)),
  );
}
// @ts-ignore: decorator
@inline export function blueWords(left: v128, right: v128): v128 {
  return v128.or(
    i8x16.swizzle(left, i8x16(2, -1, 5, -1, 8, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
    i8x16.swizzle(right, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, 2, -1, 5, -1, 8, -1, 11, -1)),
  );
}

/** Stores eight pixels; levels outside 0 .. 255 are clipped. */
// @ts-ignore: decorator
@inline export function storeWords(at: usize, red: v128, green: v128, blue: v128): void {
  const redGreen = i8x16.narrow_i16x8_u(red, green);
  const blues = i8x16.narrow_i16x8_u(blue, blue);
  v128.store(at, v128.or(
    i8x16.swizzle(redGreen, i8x16(0, 8, -1, 1, 9, -1, 2, 10, -1, 3, 11, -1, 4, 12, -1, 5)),
    i8x16.swizzle(blues, i8x16(-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1)),
  ));
  v128.store64_lane(at, v128.or(
    i8x16.swizzle(redGreen, i8x16(13, -1, 6, 14, -1, 7, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
    i8x16.swizzle(blues, i8x16(-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, -1, -1, -1, -1, -1, -1)),
  ), 0, 16);
}
