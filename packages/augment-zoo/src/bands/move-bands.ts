import type { Box } from "../image.ts";
import { type AffineMatrix, fixed, inside, type Sampling } from "../operations/affine.ts";
import { type BandImage, blankBands } from "./band-image.ts";

/** Cuts out a rectangle; 0 where it reaches beyond the image. */
export function cropBands(image: BandImage, box: Box): BandImage {
  const { width, height, channels, data } = image;
  if (box.left === 0 && box.top === 0 && box.width === width && box.height === height) return image;
  const cropped = blankBands(box, channels);
  const left = Math.max(0, box.left);
  const right = Math.min(width, box.left + box.width);
  for (let y = Math.max(0, -box.top); y < box.height && box.top + y < height && left < right; y++) {
    const row = (box.top + y) * width;
    const part = data.subarray((row + left) * channels, (row + right) * channels);
    cropped.data.set(part, (y * box.width + left - box.left) * channels);
  }
  return cropped;
}

/** Left to right. */
export function flipBands(image: BandImage): BandImage {
  const { width, height, channels, data } = image;
  const flipped = blankBands(image, channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      flipped.data.set(data.subarray(from, from + channels), (y * width + width - 1 - x) * channels);
    }
  }
  return flipped;
}

/** A rectangle of one value in every band. */
export function paintBands(image: BandImage, box: Box, value: number): BandImage {
  const { width, height, channels, data } = image;
  const painted = { ...image, data: data.slice() };
  const [left, right] = [Math.max(0, box.left), Math.min(width, box.left + box.width)];
  for (let y = Math.max(0, box.top); y < Math.min(height, box.top + box.height) && left < right; y++) {
    painted.data.fill(value, (y * width + left) * channels, (y * width + right) * channels);
  }
  return painted;
}

/**
 * `affine` of operations on any bands: Pillow's transform of images of mode "F". Beyond the border every band
 * is `fill`.
 */
export function affineBands(
  image: BandImage,
  matrix: AffineMatrix,
  { filter }: Pick<Sampling, "filter">,
  fill: number,
): BandImage {
  const { width, height, channels } = image;
  const moved = blankBands(image, channels);
  const show =
    filter === undefined ? nearest(image, matrix) : smooth(image, matrix, filter === "bicubic", fill);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) show(x, y, moved.data.subarray((y * width + x) * channels));
  }
  return moved;
}

type Show = (x: number, y: number, to: Float32Array) => void;

/** Pillow's nearest neighbour: in 16.16 fixed point where the matrix turns or shears. 0 beyond the border. */
function nearest({ width, height, channels, data }: BandImage, [a, b, c, d, e, f]: AffineMatrix): Show {
  const isStraight = b === 0 && d === 0;
  const startX = fixed(c + a * 0.5 + b * 0.5);
  const startY = fixed(f + d * 0.5 + e * 0.5);
  return (x, y, to) => {
    const sourceX = isStraight
      ? inside(Math.floor(a * (x + 0.5) + c), width)
      : (startX + x * fixed(a) + y * fixed(b)) >> 16;
    const sourceY = isStraight
      ? inside(Math.floor(e * (y + 0.5) + f), height)
      : (startY + x * fixed(d) + y * fixed(e)) >> 16;
    if (sourceX < 0 || sourceX >= width || sourceY < 0 || sourceY >= height) return;
    const from = (sourceY * width + sourceX) * channels;
    for (let channel = 0; channel < channels; channel++) to[channel] = data[from + channel]!;
  };
}

/** Between two or four pixels along each axis, in float64. */
function smooth(
  { width, height, channels, data }: BandImage,
  [a, b, c, d, e, f]: AffineMatrix,
  isCubic: boolean,
  fill: number,
): Show {
  const at = (column: number, row: number, channel: number): number =>
    data[(clamped(row, height) * width + clamped(column, width)) * channels + channel]!;
  return (x, y, to) => {
    const sourceX = a * (x + 0.5) + b * (y + 0.5) + c;
    const sourceY = d * (x + 0.5) + e * (y + 0.5) + f;
    const isInside = sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height;
    const [column, row] = [Math.floor(sourceX - 0.5), Math.floor(sourceY - 0.5)];
    const [alongX, alongY] = [sourceX - 0.5 - column, sourceY - 0.5 - row];
    for (let channel = 0; channel < channels; channel++) {
      const level = (dx: number, dy: number): number => at(column + dx, row + dy, channel);
      const line = (dy: number): number =>
        isCubic
          ? cubic(level(-1, dy), level(0, dy), level(1, dy), level(2, dy), alongX)
          : between(level(0, dy), level(1, dy), alongX);
      if (!isInside) to[channel] = fill;
      else if (isCubic) to[channel] = cubic(line(-1), line(0), line(1), line(2), alongY);
      else to[channel] = between(line(0), line(1), alongY);
    }
  };
}

const clamped = (place: number, length: number): number => Math.max(0, Math.min(place, length - 1));

const between = (one: number, other: number, along: number): number => one + (other - one) * along;

/** Keys' cubic with a = -1, as Pillow's transforms have it. */
function cubic(before: number, one: number, other: number, after: number, along: number): number {
  const slope = other - before;
  const square = 2 * (before - one) + other - after;
  const cube = one - before - other + after;
  return one + along * (slope + along * (square + along * cube));
}
