/**
 * Pillow's affine transform with interpolation, in double precision: output (x, y) shows input (a (x + 0.5) +
 * b (y + 0.5) + c, d (x + 0.5) + e (y + 0.5) + f), between two or four pixels along each axis; `fill`, three
 * bytes, where that lies outside.
 */
export function affineSmooth(
  from: usize, to: usize, width: i32, height: i32,
  a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, cubic: bool, fill: u32,
): void {
  for (let y = 0, out = to; y < height; y++) {
    for (let x = 0; x < width; x++, out += 3) {
      const atX = <f64>x + 0.5;
      const atY = <f64>y + 0.5;
      const sourceX = a * atX + b * atY + c;
      const sourceY = d * atX + e * atY + f;
      if (!(sourceX >= 0 && sourceX < <f64>width && sourceY >= 0 && sourceY < <f64>height)) {
        store<u32>(out, fill); // its fourth byte is the next pixel's first, or slack
      } else if (cubic) {
        fourByFour(from, out, width, height, sourceX - 0.5, sourceY - 0.5);
      } else {
        twoByTwo(from, out, width, height, sourceX - 0.5, sourceY - 0.5);
      }
    }
  }
}

/** Between the two pixels on both sides along each axis; fractions of a level are cut off. */
function twoByTwo(from: usize, out: usize, width: i32, height: i32, x: f64, y: f64): void {
  const column = <i32>Math.floor(x);
  const row = <i32>Math.floor(y);
  const alongX = x - <f64>column;
  const alongY = y - <f64>row;
  const left = clamped(column, width) * 3;
  const right = clamped(column + 1, width) * 3;
  const upper = from + clamped(row, height) * width * 3;
  const lower = from + clamped(row + 1, height) * width * 3;
  for (let channel = 0; channel < 3; channel++) {
    const above = between(level(upper + left + channel), level(upper + right + channel), alongX);
    const below = between(level(lower + left + channel), level(lower + right + channel), alongX);
    store<u8>(out + channel, <u8>between(above, below, alongY));
  }
}

/** A cubic through four pixels along each axis, cut off at both ends of the levels and to whole ones. */
function fourByFour(from: usize, out: usize, width: i32, height: i32, x: f64, y: f64): void {
  const column = <i32>Math.floor(x);
  const row = <i32>Math.floor(y);
  const alongX = x - <f64>column;
  const alongY = y - <f64>row;
  for (let channel = 0; channel < 3; channel++) {
    const first = cubicRow(from, width, height, column, row - 1, channel, alongX);
    const second = cubicRow(from, width, height, column, row, channel, alongX);
    const third = cubicRow(from, width, height, column, row + 1, channel, alongX);
    const fourth = cubicRow(from, width, height, column, row + 2, channel, alongX);
    const value = cubicBetween(first, second, third, fourth, alongY);
    store<u8>(out + channel, value <= 0 ? 0 : value >= 255 ? 255 : <u8>value);
  }
}

// @ts-ignore: decorator
@inline function cubicRow(
  from: usize, width: i32, height: i32, column: i32, row: i32, channel: i32, along: f64,
): f64 {
  const at = from + clamped(row, height) * width * 3 + channel;
  return cubicBetween(
    level(at + clamped(column - 1, width) * 3),
    level(at + clamped(column, width) * 3),
    level(at + clamped(column + 1, width) * 3),
    level(at + clamped(column + 2, width) * 3),
    along,
  );
}

// @ts-ignore: decorator
@inline function between(one: f64, other: f64, along: f64): f64 {
  return one + (other - one) * along;
}

/** Keys' cubic with a = -1, as in Pillow's Geometry.c. */
// @ts-ignore: decorator
@inline function cubicBetween(before: f64, one: f64, other: f64, after: f64, along: f64): f64 {
  const slope = other - before;
  const square = 2 * (before - one) + other - after;
  const cube = one - before - other + after;
  return one + along * (slope + along * (square + along * cube));
}

// @ts-ignore: decorator
@inline function level(at: usize): f64 {
  return <f64>load<u8>(at);
}

// @ts-ignore: decorator
@inline function clamped(place: i32, length: i32): i32 {
  return max(0, min(place, length - 1));
}
