import { blend, blues, greens, lumas, reds, storePixels, storeTwelve } from "./pixels";

/** Sum of the brightness of `count` pixels. */
export function lumaSum(at: usize, count: i32): f64 {
  const whole = count & ~3;
  let sums = i32x4.splat(0);
  for (let i = 0; i < whole; i += 4, at += 12) sums = i32x4.add(sums, lumas(v128.load(at)));
  if (count > whole) {
    const inside = i32x4.gt_s(i32x4.splat(count - whole), i32x4(0, 1, 2, 3));
    sums = i32x4.add(sums, v128.and(lumas(v128.load(at)), inside));
  }
  return (
    <f64>(<u32>i32x4.extract_lane(sums, 0)) +
    <f64>(<u32>i32x4.extract_lane(sums, 1)) +
    <f64>(<u32>i32x4.extract_lane(sums, 2)) +
    <f64>(<u32>i32x4.extract_lane(sums, 3))
  );
}

/** Each pixel's brightness in all three channels, in place. */
export function grayscale(at: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, at += 12) {
    const grey = lumas(v128.load(at));
    storeTwelve(at, i8x16.swizzle(grey, i8x16(0, 0, 0, 4, 4, 4, 8, 8, 8, 12, 12, 12, -1, -1, -1, -1)));
  }
}

/** Blends each pixel with its own grey, in place. */
export function saturation(at: usize, count: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let i = 0; i < count; i += 4, at += 12) {
    const px = v128.load(at);
    const grey = lumas(px);
    storePixels(at, blend(grey, reds(px), f), blend(grey, greens(px), f), blend(grey, blues(px), f));
  }
}
