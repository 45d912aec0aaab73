import {
  axisOf,
  merged,
  ranked,
  rankedAtLeast,
  replaced,
  requireLength,
  saidShape,
  vector,
} from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import type { Shape } from "./shape.ts";
import { padded, type Sides, sidesOfAxes } from "./sides.ts";
import { SLICE_MASKS, stridedShape } from "./strided-slice.ts";

const slice: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const [axes] = merged(call, ranked(call, 1, 1), ranked(call, 2, 1));
  if (shape.length !== axes) throw call.misfit(`Shape must be rank ${axes} but is rank ${shape.length}`);
  const sizes = call.numbers(2);
  const begin = call.knows(1) || sizes.includes(-1) ? call.numbers(1) : undefined;
  return [
    shape.map((length, axis) => {
      const [from, size] = [begin?.[axis] ?? 0, sizes[axis]!];
      if (size < -1) throw call.misfit(`Invalid value in sizes: ${size} must be >= -1`);
      if (from < 0 || from > length) {
        throw call.misfit(`Negative dimension size caused by subtracting ${from} from ${length}`);
      }
      if (size > length - from) {
        throw call.misfit(
          `Slice of ${size} from ${from} reaches beyond the end of axis ${axis}, of length ${length}`,
        );
      }
      return size === -1 ? length - from : size;
    }),
  ];
};

const split: ShapeRule = (call) => {
  const axis = splitAxis(call, 0, call.shapes[1]!);
  const shape = rankedAtLeast(call, 1, 1);
  const { count } = call;
  if (shape[axis]! % count !== 0) {
    throw call.misfit(`Dimension size must be evenly divisible by ${count} but is ${shape[axis]}`);
  }
  return Array.from({ length: count }, () => replaced(shape, axis, shape[axis]! / count));
};

const splitInto: ShapeRule = (call) => {
  const { count } = call;
  const shape = rankedAtLeast(call, 0, 1);
  const axis = splitAxis(call, 2, shape);
  requireLength(call, ranked(call, 1, 1)[0]!, count);
  const lengths = call.numbers(1);
  const whole = shape[axis]!;
  const given = lengths.filter((length) => length !== -1).reduce((sum, length) => sum + length, 0);
  const open = lengths.filter((length) => length === -1).length;
  for (const length of lengths) {
    if (length < -1) throw call.misfit(`Split size must be >= -1, but is ${length}`);
  }
  if (open > 1 || (open === 0 && given !== whole) || given > whole) {
    throw call.misfit(`can't split axis of size ${whole} into pieces of size [${lengths.join(",")}]`);
  }
  return lengths.map((length) => replaced(shape, axis, length === -1 ? whole - given : length));
};

function splitAxis(call: OpCall, input: number, shape: Shape): number {
  ranked(call, input, 0);
  const [axis] = call.numbers(input);
  const place = axisOf(axis!, shape.length);
  if (place === undefined) {
    throw call.misfit(
      `Dimension size, given by scalar input ${axis}, must be in range [-${shape.length}, ${shape.length})`,
    );
  }
  return place;
}

/** The sides that a tensor `[rank, 2]` says. */
function saidSides(call: OpCall): readonly Sides[] {
  const shape = call.shapes[0]!;
  const [axes, two] = ranked(call, 1, 2);
  requireLength(call, two!, 2);
  if (axes !== shape.length) throw call.misfit(`Shape must be rank ${axes} but is rank ${shape.length}`);
  const numbers = call.numbers(1);
  const negative = numbers.find((side) => side < 0);
  if (negative !== undefined) throw call.misfit(`Paddings must be >= 0, but one is ${negative}`);
  return sidesOfAxes(numbers);
}

const pad: ShapeRule = (call) => [padded(call.shapes[0]!, saidSides(call))];

const unpad: ShapeRule = (call) => [
  saidSides(call).map(([before, after], axis) => {
    const length = call.shapes[0]![axis]!;
    if (before + after >= length) {
      throw call.misfit(
        `Axis ${axis} of length ${length} is no longer than its paddings, ${before} and ${after}`,
      );
    }
    return length - before - after;
  }),
];

const padValue: ShapeRule = (call) => {
  ranked(call, 2, 0);
  return pad(call);
};

const strided: ShapeRule = (call) => [
  stridedShape(call, call.shapes[0]!, {
    begin: vector(call, 1),
    end: vector(call, 2),
    strides: vector(call, 3),
    mask: (name) => call.int(`${name}_mask`),
  }),
];

const stridedGradient: ShapeRule = (call) => [saidShape(call, 0)];

const MASKS = SLICE_MASKS.map((name) => `${name}_mask:int=0`).join(" ");

/** Ops that cut pieces out of a tensor, or put something around it. */
export const SLICES: OpTable = {
  ...ops("Slice", "T, Index:index, Index -> T", slice),
  ...ops("StridedSlice", `T, Index:index, Index, Index -> T; ${MASKS}`, strided),
  ...ops("StridedSliceGrad", `Index:index, Index, Index, Index, T -> T; ${MASKS}`, stridedGradient),
  ...ops("Split", "int32, T -> num_split*T", split),
  ...ops("SplitV", "T, Tlen:index, int32 -> num_split*T", splitInto),
  ...ops("Pad", "T, Tpaddings:index -> T", pad),
  ...ops("PadV2", "T, Tpaddings:index, T -> T", padValue),
  ...ops("MirrorPad", "T, Tpaddings:index -> T; mode:text{REFLECT|SYMMETRIC}", pad),
  ...ops("MirrorPadGrad", "T, Tpaddings:index -> T; mode:text{REFLECT|SYMMETRIC}", unpad),
};
