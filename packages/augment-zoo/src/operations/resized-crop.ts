import type { Canvas } from "../canvas.ts";
import type { Box, Size } from "../image.ts";
import { crop } from "./crop.ts";

/**
 * How pixels are interpolated. Both widen when shrinking, so nothing aliases (torchvision's antialias=True).
 */
export type ResampleFilter = "bilinear" | "bicubic";

/**
 * Cuts `box` out of the image and scales it to `width` x `height`. As `image.crop(box).resize((width,
 * height), filter)`, which is torchvision's `resized_crop`: nothing outside the box is seen.
 *
 * Pillow's two passes, weights in 22-bit fixed point, rounded to 8 bits in between: along x, then along y;
 * along y first where the height loses more than twice as many pixels as the width (Pillow 13; earlier
 * versions never turn the order, which moves single levels). An axis whose length does not change is copied.
 */
export function resizedCrop(canvas: Canvas, box: Box, { width, height }: Size, filter: ResampleFilter): void {
  const outer = outerBox(box);
  const columns: Axis = { start: box.left - outer.left, length: box.width, inputs: outer.width };
  const rows: Axis = { start: box.top - outer.top, length: box.height, inputs: outer.height };
  const alongX = width !== outer.width;
  const alongY = height !== outer.height;
  if (!alongX && !alongY) {
    if (width !== canvas.width || height !== canvas.height) crop(canvas, outer);
  } else if (alongY && (!alongX || isColumnFirst(box, { width, height }))) {
    scaleColumns(canvas, outer, rows, height, filter);
    if (alongX) scaleRows(canvas, { left: 0, top: 0, width: outer.width, height }, columns, width, filter);
  } else {
    scaleRows(canvas, outer, columns, width, filter);
    if (alongY) scaleColumns(canvas, { left: 0, top: 0, width, height: outer.height }, rows, height, filter);
  }
}

/** The whole pixels that a box touches: the box itself, but after `onShrunk`. */
export function outerBox({ left, top, width, height }: Box): Box {
  const [x, y] = [Math.floor(left), Math.floor(top)];
  return { left: x, top: y, width: Math.ceil(left + width) - x, height: Math.ceil(top + height) - y };
}

function isColumnFirst(box: Size, to: Size): boolean {
  const lost = box.height - to.height;
  return lost > 0 && lost > (box.width - to.width) * 2;
}

/** Bytes of the image between the two passes. */
export function bytesBetween(box: Box, to: Size): number {
  const { width, height } = outerBox(box);
  return (isColumnFirst(box, to) ? width * to.height : to.width * height) * 3;
}

/** The part of a row or column that is scaled: `length` from `start` on, of `inputs` pixels that are seen. */
interface Axis {
  readonly start: number;
  readonly length: number;
  readonly inputs: number;
}

function scaleRows(canvas: Canvas, box: Box, axis: Axis, size: number, filter: ResampleFilter): void {
  const { taps, pairs } = weigh(canvas, axis, size, filter, 3);
  const stride = canvas.width * 3;
  const from = canvas.pixels() + box.top * stride + box.left * 3;
  canvas.kernels.scaleRows(from, stride, box.height, canvas.spare(), size, taps, pairs);
  canvas.turn(size, box.height);
}

function scaleColumns(canvas: Canvas, box: Box, axis: Axis, size: number, filter: ResampleFilter): void {
  const { taps, pairs } = weigh(canvas, axis, size, filter, 1);
  const stride = canvas.width * 3;
  const from = canvas.pixels() + box.top * stride + box.left * 3;
  const to = canvas.spare();
  canvas.kernels.scaleColumns(from, stride, box.width * 3, box.height, to, size, taps, pairs);
  canvas.turn(box.width, size);
}

/**
 * Writes the table of taps that kernels/resample.ts describes: of each output, the first input (times `unit`)
 * and the weights of all inputs in pairs.
 */
function weigh(
  canvas: Canvas,
  { start, length, inputs }: Axis,
  to: number,
  filter: ResampleFilter,
  unit: number,
): { taps: number; pairs: number } {
  const kernel = filter === "bilinear" ? triangle : catmullRom;
  const scale = length / to;
  const wide = Math.max(scale, 1);
  const support = (filter === "bilinear" ? 1 : 2) * wide;
  const perPixel = 1 / wide;
  const centre = (i: number): number => start + (i + 0.5) * scale;
  const low = (middle: number): number => Math.max(0, Math.trunc(middle - support + 0.5));
  const high = (middle: number): number => Math.min(inputs, Math.trunc(middle + support + 0.5));
  let most = 0;
  for (let i = 0; i < to; i++) most = Math.max(most, high(centre(i)) - low(centre(i)));
  const pairs = Math.ceil(most / 2);

  if (weights.length < 2 * pairs) weights = new Float64Array(2 * pairs);
  const words = 1 + 2 * pairs;
  const taps = canvas.workspace(to * words * 4);
  const table = new Int32Array(canvas.memory().buffer, taps, to * words);
  for (let i = 0, at = 0; i < to; i++) {
    const middle = centre(i);
    const first = low(middle);
    const count = high(middle) - first;
    let total = 0;
    for (let x = 0; x < count; x++) total += weights[x] = kernel((x + first - middle + 0.5) * perPixel);
    if (total === 0) total = 1;
    table[at++] = first * unit;
    for (let x = 0; x < 2 * pairs; x += 2) {
      const a = x < count ? fixed(weights[x]! / total) : 0;
      const b = x + 1 < count ? fixed(weights[x + 1]! / total) : 0;
      table[at++] = ((a >> 11) & 0xffff) | ((b >> 11) << 16);
      table[at++] = (a & 2047) | ((b & 2047) << 16);
    }
  }
  return { taps, pairs };
}

/** Kept from call to call: one output's weights before they are rounded. */
let weights = new Float64Array(0);

function fixed(weight: number): number {
  return Math.trunc(weight * (1 << 22) + (weight < 0 ? -0.5 : 0.5));
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
