import type { Image } from "../image.ts";

/** [a, b, c, d, e, f]: the output pixel (x, y) shows the input at (a x + b y + c, d x + e y + f). */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/**
 * `Image.transform(size, AFFINE, matrix)`: nearest neighbour, black where the input ends.
 *
 * Pillow works in 16.16 fixed point with every coefficient rounded to 1/65536, and in floating point where the matrix has
 * neither rotation nor shear; both are part of the result.
 */
export function affine(source: Image, target: Uint8Array, matrix: AffineMatrix): void {
  const [a, b, c, d, e, f] = matrix;
  if (b === 0 && d === 0) {
    scaleAndShift(source, target, a, c, e, f);
    return;
  }
  const { width, height, data } = source;
  const [a16, b16, d16, e16] = [fixed(a), fixed(b), fixed(d), fixed(e)];
  let rowX = fixed(c + a * 0.5 + b * 0.5);
  let rowY = fixed(f + d * 0.5 + e * 0.5);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let sourceX = rowX;
    let sourceY = rowY;
    for (let x = 0; x < width; x++) {
      const column = sourceX >> 16;
      const row = sourceY >> 16;
      if (column >= 0 && column < width && row >= 0 && row < height) {
        const from = (row * width + column) * 3;
        target[to] = data[from]!;
        target[to + 1] = data[from + 1]!;
        target[to + 2] = data[from + 2]!;
      } else {
        target[to] = target[to + 1] = target[to + 2] = 0;
      }
      to += 3;
      sourceX += a16;
      sourceY += d16;
    }
    rowX += b16;
    rowY += e16;
  }
}

function fixed(value: number): number {
  return Math.floor(value * 65536 + 0.5);
}

function scaleAndShift(source: Image, target: Uint8Array, a: number, c: number, e: number, f: number): void {
  const { width, height, data } = source;
  const columns = new Int32Array(width);
  for (let x = 0; x < width; x++) {
    const column = Math.floor(a * (x + 0.5) + c);
    columns[x] = column >= 0 && column < width ? column * 3 : -1;
  }
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(e * (y + 0.5) + f);
    const inside = row >= 0 && row < height;
    const start = row * width * 3;
    for (let x = 0; x < width; x++, to += 3) {
      const column = columns[x]!;
      if (inside && column >= 0) {
        target[to] = data[start + column]!;
        target[to + 1] = data[start + column + 1]!;
        target[to + 2] = data[start + column + 2]!;
      } else {
        target[to] = target[to + 1] = target[to + 2] = 0;
      }
    }
  }
}
