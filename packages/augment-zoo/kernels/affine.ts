/**
 * Nearest neighbour in 16.16 fixed point, black outside: output (x, y) shows input (startX + a x + b y,
 * startY + d x + e y) / 65536.
 */
export function affine(
  from: usize, to: usize, width: i32, height: i32,
  a: i32, b: i32, startX: i32, d: i32, e: i32, startY: i32,
): void {
  const stride = width * 3;
  for (let y = 0; y < height; y++, startX += b, startY += e) {
    if (a == 65536 && d == 0) {
      shiftedRow(from, to + y * stride, width, height, startX >> 16, startY >> 16);
      continue;
    }
    let sourceX = startX;
    let sourceY = startY;
    for (let out = to + y * stride, end = out + stride; out < end; out += 3) {
      const column = sourceX >> 16;
      const row = sourceY >> 16;
      let pixel: u32 = 0;
      if (<u32>column < <u32>width && <u32>row < <u32>height) {
        pixel = load<u32>(from + row * stride + column * 3);
      }
      store<u32>(out, pixel); // its fourth byte is the next pixel's first, or slack
      sourceX += a;
      sourceY += d;
    }
  }
}

/** One output row that shows row `row` from column `left` on. */
function shiftedRow(from: usize, out: usize, width: i32, height: i32, left: i32, row: i32): void {
  const stride = width * 3;
  const before = min(max(-left, 0), width);
  const after = min(max(left, 0), width);
  if (<u32>row >= <u32>height) {
    memory.fill(out, 0, stride);
    return;
  }
  const shown = width - before - after;
  memory.fill(out, 0, before * 3);
  memory.copy(out + before * 3, from + row * stride + after * 3, shown * 3);
  memory.fill(out + (before + shown) * 3, 0, after * 3);
}

/** Output (x, y) shows input (columns[x], rows[y]), 32-bit numbers; black where one of them is negative. */
export function gather(from: usize, to: usize, width: i32, height: i32, columns: usize, rows: usize): void {
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const row = load<i32>(rows + (y << 2));
    const source = from + row * stride;
    for (let x = 0, out = to + y * stride; x < width; x++, out += 3) {
      const column = load<i32>(columns + (x << 2));
      store<u32>(out, (row | column) < 0 ? 0 : load<u32>(source + column * 3));
    }
  }
}
