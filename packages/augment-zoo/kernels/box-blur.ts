// One box of fractional radius: `reach` whole pixels on either side of the middle with weight `full`, and the
// two beyond with weight
// `edge`, in units of 2^-24; pixels at the border are repeated outwards. Boxes of reach 0 and 1, which is
// sigma up to 2.4, are summed directly; wider ones by a running sum.

/** Bytes that a short row is continued by on either side: two pixels. */
const MARGIN: usize = 6;

/** Three boxes along x. `rows` is room for two rows, each with 64 bytes more. */
export function blurRows(
  from: usize, to: usize, width: i32, height: i32, reach: i32, full: u32, edge: u32, rows: usize,
): void {
  const stride = <usize>width * 3;
  const a = rows + MARGIN;
  const b = a + stride + 64;
  for (let y = 0; y < height; y++, from += stride, to += stride) {
    if (reach > 1) {
      slide(from, a, width, 3, reach, full, edge);
      slide(a, b, width, 3, reach, full, edge);
      slide(b, to, width, 3, reach, full, edge);
    } else {
      memory.copy(a, from, stride);
      boxRow(a, b, stride, reach, full, edge);
      boxRow(b, a, stride, reach, full, edge);
      boxRow(a, to, stride, reach, full, edge);
    }
  }
}

/** A row that has room for two more pixels at either end. */
function boxRow(row: usize, to: usize, stride: usize, reach: i32, full: u32, edge: u32): void {
  memory.copy(row - 3, row, 3);
  memory.copy(row - 6, row, 3);
  memory.copy(row + stride, row + stride - 3, 3);
  memory.copy(row + stride + 3, row + stride - 3, 3);
  boxLine(row - 6, row - 3, row, row + 3, row + 6, to, stride, reach, full, edge);
}

/** Three boxes along y. The result is in `to`; `from` is overwritten. */
export function blurColumns(
  from: usize, to: usize, width: i32, height: i32, reach: i32, full: u32, edge: u32,
): void {
  boxColumns(from, to, width, height, reach, full, edge);
  boxColumns(to, from, width, height, reach, full, edge);
  boxColumns(from, to, width, height, reach, full, edge);
}

function boxColumns(
  from: usize, to: usize, width: i32, height: i32, reach: i32, full: u32, edge: u32,
): void {
  const stride = <usize>width * 3;
  if (reach > 1) {
    // From the right: a strip that reaches beyond the row's end spoils the first bytes of the next, which are
    // written later.
    for (let x = <i32>((stride - 1) & ~3); x >= 0; x -= 4) {
      slide(from + x, to + x, height, stride, reach, full, edge);
    }
    return;
  }
  const last = from + <usize>(height - 1) * stride;
  for (let y = 0; y < height; y++) {
    const row = from + <usize>y * stride;
    const above = y > 0 ? row - stride : from;
    const below = y < height - 1 ? row + stride : last;
    boxLine(
      y > 1 ? above - stride : from, above, row, below, y < height - 2 ? below + stride : last,
      to + <usize>y * stride, stride, reach, full, edge,
    );
  }
}

/** One line, given with its neighbours, which in a row are the row itself moved by whole pixels. */
function boxLine(
  before2: usize, before1: usize, middle: usize, after1: usize, after2: usize,
  to: usize, bytes: usize, reach: i32, full: u32, edge: u32,
): void {
  // 16-bit halves of the weights, (full, edge) side by side for dot products.
  const high = i32x4.splat((full >> 12) | ((edge >> 12) << 16));
  const low = i32x4.splat((full & 4095) | ((edge & 4095) << 16));
  if (reach == 0) {
    for (let x: usize = 0; x < bytes; x += 16) {
      const m = v128.load(middle + x);
      const b = v128.load(before1 + x);
      const a = v128.load(after1 + x);
      storeWeighed(
        to + x,
        i16x8.extend_low_i8x16_u(m),
        i16x8.extend_high_i8x16_u(m),
        i16x8.add(i16x8.extend_low_i8x16_u(b), i16x8.extend_low_i8x16_u(a)),
        i16x8.add(i16x8.extend_high_i8x16_u(b), i16x8.extend_high_i8x16_u(a)),
        high,
        low,
      );
    }
    return;
  }
  for (let x: usize = 0; x < bytes; x += 16) {
    const m = v128.load(middle + x);
    const b = v128.load(before1 + x);
    const a = v128.load(after1 + x);
    const bb = v128.load(before2 + x);
    const aa = v128.load(after2 + x);
    storeWeighed(
      to + x,
      i16x8.add(
        i16x8.extend_low_i8x16_u(m),
        i16x8.add(i16x8.extend_low_i8x16_u(b), i16x8.extend_low_i8x16_u(a)),
      ),
      i16x8.add(
        i16x8.extend_high_i8x16_u(m),
        i16x8.add(i16x8.extend_high_i8x16_u(b), i16x8.extend_high_i8x16_u(a)),
      ),
      i16x8.add(i16x8.extend_low_i8x16_u(bb), i16x8.extend_low_i8x16_u(aa)),
      i16x8.add(i16x8.extend_high_i8x16_u(bb), i16x8.extend_high_i8x16_u(aa)),
      high,
      low,
    );
  }
}

/** (inner * full + outer * edge + 2^23) >> 24 of sixteen sums. */
// @ts-ignore: decorator
@inline function storeWeighed(
  to: usize, innerLow: v128, innerHigh: v128, outerLow: v128, outerHigh: v128, high: v128, low: v128,
): void {
  const left = i16x8.narrow_i32x4_s(
    weighed(i16x8.shuffle(innerLow, outerLow, 0, 8, 1, 9, 2, 10, 3, 11), high, low),
    weighed(i16x8.shuffle(innerLow, outerLow, 4, 12, 5, 13, 6, 14, 7, 15), high, low),
  );
  const right = i16x8.narrow_i32x4_s(
    weighed(i16x8.shuffle(innerHigh, outerHigh, 0, 8, 1, 9, 2, 10, 3, 11), high, low),
    weighed(i16x8.shuffle(innerHigh, outerHigh, 4, 12, 5, 13, 6, 14, 7, 15), high, low),
  );
  v128.store(to, i8x16.narrow_i16x8_u(left, right));
}

// @ts-ignore: decorator
@inline function weighed(sums: v128, high: v128, low: v128): v128 {
  const product = i32x4.add(i32x4.shl(i32x4.dot_i16x8_s(sums, high), 12), i32x4.dot_i16x8_s(sums, low));
  return i32x4.shr_u(i32x4.add(product, i32x4.splat(0x800000)), 24);
}

/** A running sum over `length` cells of four bytes, `step` bytes apart. */
function slide(from: usize, to: usize, length: i32, step: usize, reach: i32, full: u32, edge: u32): void {
  const weight = i32x4.splat(full);
  const edgeWeight = i32x4.splat(edge);
  const half = i32x4.splat(0x800000);
  const last = length - 1;
  let sum = i32x4.splat(0);
  for (let i = -reach - 1; i < reach; i++) sum = i32x4.add(sum, cell(from, i, last, step));
  for (let i = 0; i < length; i++, to += step) {
    const leaving = cell(from, i - reach - 1, last, step);
    sum = i32x4.add(sum, i32x4.sub(cell(from, i + reach, last, step), leaving));
    const outer = i32x4.add(leaving, cell(from, i + reach + 1, last, step));
    const product = i32x4.add(i32x4.mul(sum, weight), i32x4.mul(outer, edgeWeight));
    const levels = i32x4.shr_u(i32x4.add(product, half), 24);
    const words = i16x8.narrow_i32x4_s(levels, levels);
    v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

// @ts-ignore: decorator
@inline function cell(from: usize, i: i32, last: i32, step: usize): v128 {
  const bytes = v128.load32_zero(from + <usize>max(0, min(last, i)) * step);
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
}
