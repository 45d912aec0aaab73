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
  const stride = width * 3;
  const alongX = (from: Uint8Array, to: Uint8Array): void => {
    for (let row = 0; row < data.length; row += stride) blurLines(from, to, row, 3, width, 3, box);
  };
  const alongY = (from: Uint8Array, to: Uint8Array): void => {
    blurLines(from, to, 0, stride, height, stride, box);
  };
  alongX(data, scratch);
  alongX(scratch, target);
  alongX(target, scratch);
  alongY(scratch, target);
  alongY(target, scratch);
  alongY(scratch, target);
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

/** One pass over `lines` lines that begin at consecutive bytes from `first` on and have `length` bytes, `step` apart. */
function blurLines(
  from: Uint8Array,
  to: Uint8Array,
  first: number,
  lines: number,
  length: number,
  step: number,
  { reach, full, edge }: Box,
): void {
  for (let start = first; start < first + lines; start++) {
    const end = start + (length - 1) * step;
    // The sum of the whole pixels around `at`, moved along the line.
    let sum = 0;
    for (let i = -reach - 1; i < reach; i++) sum += from[Math.min(end, Math.max(start, start + i * step))]!;
    let ahead = start + reach * step;
    let behind = start - (reach + 1) * step;
    for (let at = start; at <= end; at += step, ahead += step, behind += step) {
      const leaving = from[behind < start ? start : behind]!;
      sum += from[ahead > end ? end : ahead]! - leaving;
      const beyond = from[ahead + step > end ? end : ahead + step]!;
      to[at] = (Math.imul(sum, full) + Math.imul(leaving + beyond, edge) + 0x800000) >>> 24;
    }
  }
}
