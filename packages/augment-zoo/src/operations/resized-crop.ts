import type { Canvas } from "../canvas.ts";
import { type Box, type Corner, CORNER, type Size, wholeOf } from "../image.ts";
import { crop } from "./crop.ts";

/**
 * How pixels are interpolated. Both widen when shrinking, so nothing aliases (torchvision's antialias=True).
 */
export type ResampleFilter = "bilinear" | "bicubic";

/** A box of an image that is scaled to `width` x `height`, of which the part `kept` is computed. */
export interface Scaling extends Size {
  readonly box: Box;
  readonly filter: ResampleFilter;
  /** Part of the scaled image, in its pixels. */
  readonly kept: Box;
}

/**
 * Cuts `box` out of the image, scales it to `width` x `height` and keeps the part `kept`. As
 * `image.crop(box).resize((width, height), filter).crop(kept)`; without the last crop it is torchvision's
 * `resized_crop`. Nothing outside the box is seen, and nothing outside `kept` is computed.
 *
 * Pillow's two passes, weights in 22-bit fixed point, rounded to 8 bits in between: along x, then along y;
 * along y first where the height loses more than twice as many pixels as the width (Pillow 13; earlier
 * versions never turn the order, which moves single levels). An axis whose length does not change is copied.
 *
 * @param from the corner of the canvas in the image, if the canvas holds a part of it.
 */
export function resizedCrop(canvas: Canvas, scaling: Scaling, from: Corner = CORNER): void {
  const { columns, rows } = axesOf(scaling);
  const seen = seenBy(scaling);
  const part = { ...seen, left: seen.left - from.left, top: seen.top - from.top };
  if (!columns.isScaled && !rows.isScaled) {
    if (part.width !== canvas.width || part.height !== canvas.height) crop(canvas, part);
  } else if (rows.isScaled && (!columns.isScaled || isColumnFirst(scaling.box, scaling))) {
    scaleColumns(canvas, part, rows, scaling.filter);
    if (columns.isScaled) scaleRows(canvas, wholeOf(canvas), columns, scaling.filter);
  } else {
    scaleRows(canvas, part, columns, scaling.filter);
    if (rows.isScaled) scaleColumns(canvas, wholeOf(canvas), rows, scaling.filter);
  }
}

/** The pixels of the image that a scaling sees. */
export function seenBy(scaling: Scaling): Box {
  const { left, top } = outerBox(scaling.box);
  const { columns, rows } = axesOf(scaling);
  return {
    left: left + columns.seen.start,
    top: top + rows.seen.start,
    width: columns.seen.length,
    height: rows.seen.length,
  };
}

/** Pixels of the image between the two passes. */
export function pixelsBetween(scaling: Scaling): number {
  const { columns, rows } = axesOf(scaling);
  return isColumnFirst(scaling.box, scaling)
    ? columns.seen.length * rows.kept.length
    : columns.kept.length * rows.seen.length;
}

/** The whole pixels that a box touches: the box itself, but after `onShrunk`. */
function outerBox({ left, top, width, height }: Box): Box {
  const [x, y] = [Math.floor(left), Math.floor(top)];
  return { left: x, top: y, width: Math.ceil(left + width) - x, height: Math.ceil(top + height) - y };
}

export function isColumnFirst(box: Size, to: Size): boolean {
  const lost = box.height - to.height;
  return lost > 0 && lost > (box.width - to.width) * 2;
}

/** A part of a row or column, in pixels. */
interface Span {
  readonly start: number;
  readonly length: number;
}

/** One axis of a scaling. Pixels of the input are counted from the first that the box touches. */
export interface Axis {
  /** The box. It may begin and end within pixels. */
  readonly box: Span;
  /** Pixels that the box touches. */
  readonly inputs: number;
  /** Pixels of the whole output. */
  readonly outputs: number;
  /** The outputs that are computed. */
  readonly kept: Span;
  readonly isScaled: boolean;
  /** The inputs that they need. */
  readonly seen: Span;
}

export function axesOf({ box, width, height, kept, filter }: Scaling): { columns: Axis; rows: Axis } {
  const outer = outerBox(box);
  const columns = { start: box.left - outer.left, length: box.width };
  const rows = { start: box.top - outer.top, length: box.height };
  return {
    columns: axisOf(columns, outer.width, width, { start: kept.left, length: kept.width }, filter),
    rows: axisOf(rows, outer.height, height, { start: kept.top, length: kept.height }, filter),
  };
}

function axisOf(box: Span, inputs: number, outputs: number, kept: Span, filter: ResampleFilter): Axis {
  const isScaled = inputs !== outputs;
  if (!isScaled) return { box, inputs, outputs, kept, isScaled, seen: kept };
  const taps = tapsOf({ box, inputs, outputs }, filter);
  const start = taps.low(kept.start);
  const length = taps.high(kept.start + kept.length - 1) - start;
  return { box, inputs, outputs, kept, isScaled, seen: { start, length } };
}

/** The inputs of each output: from `low` to before `high`, weighted by their distance from `centre`. */
export function tapsOf(
  { box, inputs, outputs }: Pick<Axis, "box" | "inputs" | "outputs">,
  filter: ResampleFilter,
) {
  const scale = box.length / outputs;
  const wide = Math.max(scale, 1);
  const support = (filter === "bilinear" ? 1 : 2) * wide;
  const centre = (i: number): number => box.start + (i + 0.5) * scale;
  return {
    wide,
    centre,
    low: (i: number): number => Math.max(0, Math.trunc(centre(i) - support + 0.5)),
    high: (i: number): number => Math.min(inputs, Math.trunc(centre(i) + support + 0.5)),
  };
}

/** Scales the rows of the part `box` of the canvas. */
function scaleRows(canvas: Canvas, box: Box, axis: Axis, filter: ResampleFilter): void {
  const { taps, pairs } = weigh(canvas, axis, filter, 3);
  const stride = canvas.width * 3;
  const from = canvas.pixels() + box.top * stride + box.left * 3;
  const size = axis.kept.length;
  canvas.kernels.scaleRows(from, stride, box.height, canvas.spare(), size, taps, pairs);
  canvas.turn(size, box.height);
}

/** Scales the columns of the part `box` of the canvas. */
function scaleColumns(canvas: Canvas, box: Box, axis: Axis, filter: ResampleFilter): void {
  const { taps, pairs } = weigh(canvas, axis, filter, 1);
  const stride = canvas.width * 3;
  const from = canvas.pixels() + box.top * stride + box.left * 3;
  const to = canvas.spare();
  const size = axis.kept.length;
  canvas.kernels.scaleColumns(from, stride, box.width * 3, box.height, to, size, taps, pairs);
  canvas.turn(box.width, size);
}

/**
 * Writes the table of taps that kernels/resample.ts describes: of each output that is kept, the first input
 * (times `unit`, from the first that is seen) and the weights of all inputs in pairs.
 */
function weigh(
  canvas: Canvas,
  axis: Axis,
  filter: ResampleFilter,
  unit: number,
): { taps: number; pairs: number } {
  const kernel = kernelOf(filter);
  const { wide, centre, low, high } = tapsOf(axis, filter);
  const perPixel = 1 / wide;
  const { start, length } = axis.kept;
  let most = 0;
  for (let i = start; i < start + length; i++) most = Math.max(most, high(i) - low(i));
  const pairs = Math.ceil(most / 2);

  if (weights.length < 2 * pairs) weights = new Float64Array(2 * pairs);
  const words = 1 + 2 * pairs;
  const taps = canvas.workspace(length * words * 4);
  const table = new Int32Array(canvas.memory().buffer, taps, length * words);
  for (let i = start, at = 0; i < start + length; i++) {
    const middle = centre(i);
    const first = low(i);
    const count = high(i) - first;
    let total = 0;
    for (let x = 0; x < count; x++) total += weights[x] = kernel((x + first - middle + 0.5) * perPixel);
    if (total === 0) total = 1;
    table[at++] = (first - axis.seen.start) * unit;
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

export const kernelOf = (filter: ResampleFilter): ((x: number) => number) =>
  filter === "bilinear" ? triangle : catmullRom;

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
