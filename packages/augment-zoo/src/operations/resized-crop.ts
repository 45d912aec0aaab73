import type { Image } from "../image.ts";

/** How pixels are interpolated. Both widen when shrinking, so nothing aliases (torchvision's antialias=True). */
export type ResampleFilter = "bilinear" | "bicubic";

/** A rectangle of whole pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts `box` out of the source and scales it to `width` x `height`. As `image.crop(box).resize((width, height), filter)`,
 * which is torchvision's `resized_crop`: nothing outside the box is seen.
 *
 * Pillow's two passes, weights in 22-bit fixed point, rounded to 8 bits in between: along x, then along y; along y first
 * where the height loses more than twice as many pixels as the width (Pillow 13; earlier versions never turn the order,
 * which moves single levels). An axis whose length does not change is copied.
 */
export function resizedCrop(
  source: Image,
  target: Uint8Array,
  box: Box,
  width: number,
  height: number,
  filter: ResampleFilter,
): void {
  const stride = source.width * 3;
  const start = box.top * stride + box.left * 3;
  const alongX = width !== box.width;
  const alongY = height !== box.height;
  if (!alongX || !alongY) {
    if (alongX) {
      scaleRows(source.data, start, stride, box.height, target, weigh(box.width, width, filter));
    } else if (alongY) {
      scaleColumns(source.data, start, stride, box.width, target, weigh(box.height, height, filter));
    } else {
      for (let y = 0; y < height; y++) {
        const from = start + y * stride;
        target.set(source.data.subarray(from, from + width * 3), y * width * 3);
      }
    }
    return;
  }
  const rows = weigh(box.width, width, filter);
  const columns = weigh(box.height, height, filter);
  const lost = box.height - height;
  if (lost > 0 && lost > (box.width - width) * 2) {
    const between = scratchOf(box.width * height * 3);
    scaleColumns(source.data, start, stride, box.width, between, columns);
    scaleRows(between, 0, box.width * 3, height, target, rows);
  } else {
    const between = scratchOf(width * box.height * 3);
    scaleRows(source.data, start, stride, box.height, between, rows);
    scaleColumns(between, 0, width * 3, width, target, columns);
  }
}

let scratch = new Uint8Array(0);

function scratchOf(bytes: number): Uint8Array {
  if (scratch.length < bytes) scratch = new Uint8Array(bytes);
  return scratch;
}

/** Weights of one axis: output i is the sum over `count[i]` inputs from `first[i]` on, weights at i * stride, times 2^-22. */
interface Weights {
  readonly size: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly stride: number;
  readonly weights: Int32Array;
}

const HALF = 1 << 21;

function weigh(from: number, to: number, filter: ResampleFilter): Weights {
  const kernel = filter === "bilinear" ? triangle : catmullRom;
  const scale = from / to;
  const wide = Math.max(scale, 1);
  const support = (filter === "bilinear" ? 1 : 2) * wide;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  const perPixel = 1 / wide;
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(from, Math.trunc(centre + support + 0.5));
    let total = 0;
    for (let x = low; x < high; x++) {
      const weight = kernel((x - centre + 0.5) * perPixel);
      exact[x - low] = weight;
      total += weight;
    }
    for (let x = 0; x < high - low; x++) {
      const weight = total === 0 ? exact[x]! : exact[x]! / total;
      weights[i * stride + x] = Math.trunc(weight * (1 << 22) + (weight < 0 ? -0.5 : 0.5));
    }
    first[i] = low;
    count[i] = high - low;
  }
  return { size: to, first, count, stride, weights };
}

function triangle(x: number): number {
  x = Math.abs(x);
  return x < 1 ? 1 - x : 0;
}

/** Keys' cubic with a = -0.5. */
function catmullRom(x: number): number {
  x = Math.abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * -0.5;
  return 0;
}

function clip(sum: number): number {
  const level = sum >> 22;
  return level < 0 ? 0 : level > 255 ? 255 : level;
}

/** Scales `rows` rows that begin at `start` and lie `stride` bytes apart. */
function scaleRows(
  from: Uint8Array,
  start: number,
  stride: number,
  rows: number,
  to: Uint8Array,
  axis: Weights,
): void {
  const { size, first, count, weights } = axis;
  let out = 0;
  for (let y = 0; y < rows; y++) {
    const row = start + y * stride;
    for (let i = 0; i < size; i++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let at = row + first[i]! * 3;
      const begin = i * axis.stride;
      for (let k = begin, end = begin + count[i]!; k < end; k++, at += 3) {
        const weight = weights[k]!;
        red = (red + Math.imul(from[at]!, weight)) | 0;
        green = (green + Math.imul(from[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(from[at + 2]!, weight)) | 0;
      }
      to[out] = clip(red);
      to[out + 1] = clip(green);
      to[out + 2] = clip(blue);
      out += 3;
    }
  }
}

let sums = new Int32Array(0);

/** Scales `width` pixels' columns; input rows begin at `start` and lie `stride` bytes apart. */
function scaleColumns(
  from: Uint8Array,
  start: number,
  stride: number,
  width: number,
  to: Uint8Array,
  axis: Weights,
): void {
  const { size, first, count, weights } = axis;
  const bytes = width * 3;
  if (sums.length < bytes) sums = new Int32Array(bytes);
  for (let i = 0; i < size; i++) {
    sums.fill(HALF, 0, bytes);
    let row = start + first[i]! * stride;
    const begin = i * axis.stride;
    for (let k = begin, end = begin + count[i]!; k < end; k++, row += stride) {
      const weight = weights[k]!;
      for (let x = 0; x < bytes; x++) sums[x] = (sums[x]! + Math.imul(from[row + x]!, weight)) | 0;
    }
    const out = i * bytes;
    for (let x = 0; x < bytes; x++) to[out + x] = clip(sums[x]!);
  }
}
