import type { Image } from "../image.ts";

const { fround } = Math;

/** One box of fractional radius as Pillow weighs it: whole pixels and the two at the ends, in units of 2^-24. */
interface Box {
  /** Whole pixels on either side of the middle. */
  readonly reach: number;
  readonly full: number;
  readonly edge: number;
}

/**
 * Gaussian blur with standard deviation `sigma` in pixels. As `ImageFilter.GaussianBlur(sigma)`, whose "radius" is sigma.
 *
 * Pillow approximates the bell by three boxes of fractional width along x and three along y (Gwosdek et al., "Theoretical
 * foundations of Gaussian convolution by extended box filtering", 2011), rounding to 8 bits after each. Pixels at the
 * border are repeated outwards.
 */
export function gaussianBlur(source: Image, target: Uint8Array, sigma: number): void {
  const { width, height, data } = source;
  const radius = boxRadius(sigma);
  if (radius === 0) {
    target.set(data);
    return;
  }
  const reach = Math.trunc(radius);
  const full = Math.trunc(fround((1 << 24) / fround(fround(radius * 2) + 1)));
  const edge = Math.trunc(((1 << 24) - (reach * 2 + 1) * full) / 2);
  const box: Box = { reach, full, edge };

  if (scratch.length < data.length) scratch = new Uint8Array(data.length);
  blurRows(data, scratch, width, height, box);
  blurRows(scratch, target, width, height, box);
  blurRows(target, scratch, width, height, box);
  blurColumns(scratch, target, width, height, box);
  blurColumns(target, scratch, width, height, box);
  blurColumns(scratch, target, width, height, box);
}

let scratch = new Uint8Array(0);

/** The radius of the box that, three times over, has variance sigma squared; in float32 as Pillow computes it. */
function boxRadius(sigma: number): number {
  const variance = fround(fround(fround(sigma) * fround(sigma)) / 3);
  const length = fround(Math.sqrt(12 * variance + 1));
  const whole = Math.floor((length - 1) / 2);
  const part = fround(
    fround(fround(2 * whole + 1) * fround(whole * (whole + 1) - fround(3 * variance))) /
      fround(6 * fround(variance - (whole + 1) * (whole + 1))),
  );
  return fround(whole + part);
}

function blurRows(from: Uint8Array, to: Uint8Array, width: number, height: number, box: Box): void {
  const { reach, full, edge } = box;
  const last = (width - 1) * 3;
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    for (let channel = row; channel < row + 3; channel++) {
      // The sum of the whole pixels around x, moved along the row.
      let sum = 0;
      for (let x = -reach - 1; x < reach; x++) sum += from[channel + Math.min(last, Math.max(0, x * 3))]!;
      let ahead = reach * 3;
      let behind = (-reach - 1) * 3;
      for (let at = 0; at <= last; at += 3, ahead += 3, behind += 3) {
        const leaving = from[channel + (behind < 0 ? 0 : behind)]!;
        sum += from[channel + (ahead > last ? last : ahead)]! - leaving;
        const beyond = from[channel + (ahead + 3 > last ? last : ahead + 3)]!;
        to[channel + at] = (Math.imul(sum, full) + Math.imul(leaving + beyond, edge) + 0x800000) >>> 24;
      }
    }
  }
}

let sums = new Int32Array(0);

function blurColumns(from: Uint8Array, to: Uint8Array, width: number, height: number, box: Box): void {
  const { reach, full, edge } = box;
  const stride = width * 3;
  const last = height - 1;
  if (sums.length < stride) sums = new Int32Array(stride);
  sums.fill(0, 0, stride);
  for (let y = -reach - 1; y < reach; y++) {
    const row = Math.min(last, Math.max(0, y)) * stride;
    for (let i = 0; i < stride; i++) sums[i]! += from[row + i]!;
  }
  for (let y = 0; y < height; y++) {
    const behind = Math.max(0, y - reach - 1) * stride;
    const ahead = Math.min(last, y + reach) * stride;
    const beyond = Math.min(last, y + reach + 1) * stride;
    const row = y * stride;
    for (let i = 0; i < stride; i++) {
      const leaving = from[behind + i]!;
      const sum = sums[i]! + from[ahead + i]! - leaving;
      sums[i] = sum;
      to[row + i] = (Math.imul(sum, full) + Math.imul(leaving + from[beyond + i]!, edge) + 0x800000) >>> 24;
    }
  }
}
