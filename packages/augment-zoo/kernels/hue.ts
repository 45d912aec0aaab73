import { blueWords, greenWords, redWords, roundToInt, storeWords } from "./pixels";

/**
 * To Pillow's 8-bit HSV, hue + `shift` modulo 256, and back, in place. Eight pixels at a time: whole numbers
 * in 16-bit lanes, what Pillow has in float32 in two vectors of four.
 *
 * The way back is one formula for all channels and sectors: level = high * (1 - s * w), with w = clamp(min(k,
 * 4 - k), 0, 1) for k = hue in sixths + 5, 3, 1 modulo 6. In whole numbers, 85 steps to a sixth, it gives
 * Pillow's level for every (hue, saturation, value).
 */
export function hue(at: usize, count: i32, shift: i32): void {
  const turn = i16x8.splat(<i16>shift);
  const one = i16x8.splat(1);
  for (let i = 0; i < count; i += 8, at += 24) {
    const left = v128.load(at);
    const right = v128.load(at, 12);
    const r = redWords(left, right);
    const g = greenWords(left, right);
    const b = blueWords(left, right);
    const high = i16x8.max_s(i16x8.max_s(r, g), b);
    const low = i16x8.min_s(i16x8.min_s(r, g), b);
    const middle = i16x8.sub(i16x8.sub(i16x8.add(i16x8.add(r, g), b), high), low);

    // Not below 1, lest grey and black pixels divide by 0; they have saturation 0, and hue does not matter.
    const span = i16x8.sub(high, low);
    const highest = i16x8.max_s(high, one);
    const saturation = i16x8.narrow_i32x4_s(
      saturations(i32x4.extend_low_i16x8_u(span), i32x4.extend_low_i16x8_u(highest)),
      saturations(i32x4.extend_high_i16x8_u(span), i32x4.extend_high_i16x8_u(highest)),
    );

    // Sixths of the circle: 0, 2 or 4 by the highest channel; from there 1 - x up, or down, x being the
    // middle channel's place below it.
    const isRed = i16x8.eq(r, high);
    const isGreen = i16x8.eq(g, high);
    const next = v128.bitselect(g, v128.bitselect(b, r, isGreen), isRed);
    const before = v128.bitselect(b, v128.bitselect(r, g, isGreen), isRed);
    const down = i16x8.gt_s(before, next);
    const start = v128.andnot(v128.bitselect(i16x8.splat(2), i16x8.splat(4), isGreen), isRed);
    const end = i16x8.add(start, v128.or(down, one)); // start + 1, or start - 1
    const below = i16x8.sub(high, middle);
    const divisor = i16x8.max_s(span, one);
    const hues = i16x8.narrow_i32x4_s(
      huesOf(
        i32x4.extend_low_i16x8_s(end),
        i32x4.extend_low_i16x8_s(down),
        i32x4.extend_low_i16x8_u(below),
        i32x4.extend_low_i16x8_u(divisor),
      ),
      huesOf(
        i32x4.extend_high_i16x8_s(end),
        i32x4.extend_high_i16x8_s(down),
        i32x4.extend_high_i16x8_u(below),
        i32x4.extend_high_i16x8_u(divisor),
      ),
    );

    const steps = i16x8.shl(v128.and(i16x8.add(hues, turn), i16x8.splat(255)), 1);
    storeWords(
      at,
      levels(i16x8.add(steps, i16x8.splat(425)), saturation, high),
      levels(i16x8.add(steps, i16x8.splat(255)), saturation, high),
      levels(i16x8.add(steps, i16x8.splat(85)), saturation, high),
    );
  }
}

/** trunc(255 * span / highest) */
// @ts-ignore: decorator
@inline function saturations(span: v128, highest: v128): v128 {
  const ratio = f32x4.div(f32x4.convert_i32x4_s(span), f32x4.convert_i32x4_s(highest));
  return roundToInt(f32x4.floor(f32x4.mul(ratio, f32x4.splat(255))));
}

/**
 * trunc(255 * circle), with circle = (end -+ below / span) / 6 modulo 1; `down` is -1 where the fraction is
 * added.
 */
// @ts-ignore: decorator
@inline function huesOf(end: v128, down: v128, below: v128, span: v128): v128 {
  const x = f32x4.div(f32x4.convert_i32x4_s(below), f32x4.convert_i32x4_s(span));
  const sixths = f32x4.sub(f32x4.convert_i32x4_s(end), v128.xor(x, i32x4.shl(down, 31)));
  const circle = f32x4.div(sixths, f32x4.splat(6));
  const wrapped = f32x4.add(circle, v128.and(f32x4.lt(circle, f32x4.splat(0)), f32x4.splat(1)));
  return roundToInt(f32x4.floor(f32x4.mul(wrapped, f32x4.splat(255))));
}

/** round(high * (1 - s * w)); `k` in 85ths of a sixth, below 1020. */
// @ts-ignore: decorator
@inline function levels(k: v128, saturation: v128, high: v128): v128 {
  k = i16x8.min_u(k, i16x8.sub(k, i16x8.splat(510))); // modulo: below 0 is above all
  const w = i16x8.max_s(
    i16x8.min_s(i16x8.min_s(k, i16x8.sub(i16x8.splat(340), k)), i16x8.splat(85)),
    i16x8.splat(0),
  );
  const rest = i16x8.sub(i16x8.splat(21675), i16x8.mul(saturation, w)); // 21675 = 255 * 85
  const part = f32x4.splat(1.0 / 21675.0);
  return i16x8.narrow_i32x4_s(
    roundToInt(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extmul_low_i16x8_s(high, rest)), part)),
    roundToInt(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extmul_high_i16x8_s(high, rest)), part)),
  );
}
