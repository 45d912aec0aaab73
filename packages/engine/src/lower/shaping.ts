import { attributeText } from "../compile/graph-messages.ts";
import { range } from "../range.ts";
import { fromZero, sizeOf } from "../shapes/shape.ts";
import { type Sides, sidesOfAxes } from "../shapes/sides.ts";
import type { Emitter, Value } from "./emitter.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";
import { stridedSlice } from "./strided-slice.ts";

const toRecorded: Lowering = ({ emit, value, to }) => emit.reshape(value(0), to.shape);

/** Parts of the given lengths along an axis, one after another. */
function parts(emit: Emitter, x: Value, axis: number, lengths: readonly number[]): Value[] {
  let from = 0;
  return lengths.map((length) => {
    from += length;
    return emit.sliceAlong(x, axis, from - length, from);
  });
}

const split =
  (axisPlace: number, given: number): Lowering =>
  ({ emit, value, fixed, results }) => {
    const x = value(given);
    const axis = fromZero(fixed(axisPlace)[0]!, x.shape.length);
    const lengths = results.map(({ shape }) => shape[axis]!);
    return parts(emit, x, axis, lengths);
  };

/** Elements before and after each axis, from a tensor `[rank, 2]`. */
const sidesFrom = ({ fixed }: RecordedOp) => {
  const sides = sidesOfAxes(fixed(1));
  return { low: sides.map(([before]) => before), high: sides.map(([, after]) => after) };
};

/** Pads with what lies inside, mirrored: with the edge ("SYMMETRIC") or without it ("REFLECT"). */
const mirrorPad: Lowering = (recorded) => {
  const { emit, value, attr } = recorded;
  const { low, high } = sidesFrom(recorded);
  const skipped = attributeText(attr["mode"]) === "REFLECT" ? 1 : 0;
  return range(low.length).reduce((x, axis) => {
    const length = x.shape[axis]!;
    const piece = (from: number, to: number) => emit.sliceAlong(x, axis, from, to);
    const before = emit.reverse(piece(skipped, skipped + low[axis]!), [axis]);
    const after = emit.reverse(piece(length - skipped - high[axis]!, length - skipped), [axis]);
    const joined = [before, x, after].filter(({ shape }) => shape[axis]! > 0 || length === 0);
    return emit.concatenate(joined, axis);
  }, value(0));
};

/** Moves blocks of pixels into the batch, and back. Block sizes are those of the axes after the first. */
const spaceToBatch: Lowering = ({ emit, value, fixed, to }) => {
  const [block, sides] = [fixed(1), sidesOfAxes(fixed(2))];
  const given = value(0);
  // The batch, and the axes after the blocks, are not padded.
  const around = given.shape.map((_, axis): Sides => sides[axis - 1] ?? [0, 0]);
  const [low, high] = [around.map(([before]) => before), around.map(([, after]) => after)];
  const x = emit.pad(given, emit.splat(0, given.dtype), low, high);
  const [batch, ...rest] = x.shape as [number, ...number[]];
  const inner = block.flatMap((b, i) => [rest[i]! / b, b]);
  const open = emit.reshape(x, [batch, ...inner, ...rest.slice(block.length)]);
  const axes = range(block.length);
  const order = [
    ...axes.map((i) => 2 * i + 2),
    0,
    ...axes.map((i) => 2 * i + 1),
    ...range(rest.length - block.length).map((i) => 1 + 2 * block.length + i),
  ];
  return emit.reshape(emit.transpose(open, order), to.shape);
};

const batchToSpace: Lowering = ({ emit, value, fixed, to }) => {
  const [block, crops] = [fixed(1), sidesOfAxes(fixed(2))];
  const x = value(0);
  const [batch, ...rest] = x.shape as [number, ...number[]];
  const n = batch / sizeOf(block);
  const open = emit.reshape(x, [...block, n, ...rest]);
  const axes = range(block.length);
  const order = [
    block.length,
    ...axes.flatMap((i) => [block.length + 1 + i, i]),
    ...range(rest.length - block.length).map((i) => 2 * block.length + 1 + i),
  ];
  const spread = rest.map((length, i) => length * (block[i] ?? 1));
  const whole = emit.reshape(emit.transpose(open, order), [n, ...spread]);
  const begin = whole.shape.map((_, axis) => crops[axis - 1]?.[0] ?? 0);
  return emit.slice(whole, begin, begin.map((from, i) => from + to.shape[i]!)); // prettier-ignore
};

const depthToSpace: Lowering = ({ emit, value, attr, to }) => {
  const block = attr["block_size"]!.i!;
  const x = value(0);
  const [n, height, width, depth] = x.shape as [number, number, number, number];
  const open = emit.reshape(x, [n, height, width, block, block, depth / block ** 2]);
  return emit.reshape(emit.transpose(open, [0, 1, 3, 2, 4, 5]), to.shape);
};

/** Ops that move elements, and ops that make them from nothing. */
export const shaping: Lowerings = {
  Reshape: toRecorded,
  ExpandDims: toRecorded,
  Squeeze: toRecorded,
  Transpose: ({ emit, value, fixed }) => emit.transpose(value(0), fixed(1)),
  Pack: ({ emit, values, attr, to }) => {
    const axis = fromZero(attr["axis"]?.i ?? 0, to.shape.length);
    const each = values().map((value) => emit.reshape(value, to.shape.with(axis, 1)));
    return emit.concatenate(each, axis);
  },
  Unpack: ({ emit, value, attr, results }) => {
    const x = value(0);
    const axis = fromZero(attr["axis"]?.i ?? 0, x.shape.length);
    const each = parts(emit, x, axis, results.map(() => 1)); // prettier-ignore
    return each.map((part, i) => emit.reshape(part, results[i]!.shape));
  },
  ConcatV2: ({ emit, values, fixed, count, to }) =>
    emit.concatenate(values(0, count - 1), fromZero(fixed(count - 1)[0]!, to.shape.length)),
  Split: split(0, 1),
  SplitV: split(2, 0),
  Slice: ({ emit, value, fixed, to }) => {
    const begin = fixed(1);
    return emit.slice(value(0), begin, begin.map((from, i) => from + to.shape[i]!)); // prettier-ignore
  },
  StridedSlice: stridedSlice,
  ReverseV2: ({ emit, value, fixed }) =>
    emit.reverse(value(0), fixed(1).map((axis) => fromZero(axis, value(0).shape.length))), // prettier-ignore
  Pad: (recorded) => {
    const { low, high } = sidesFrom(recorded);
    return recorded.emit.pad(recorded.value(0), recorded.emit.splat(0, recorded.to.dtype), low, high);
  },
  PadV2: (recorded) => {
    const { low, high } = sidesFrom(recorded);
    return recorded.emit.pad(recorded.value(0), recorded.value(2), low, high);
  },
  MirrorPad: mirrorPad,
  Tile: ({ emit, value, to }) => {
    const x = value(0);
    const open = x.shape.flatMap((n, i) => [n === 0 ? 1 : to.shape[i]! / n, n]);
    const repeated = emit.broadcast(x, open, x.shape.map((_, i) => 2 * i + 1)); // prettier-ignore
    return emit.reshape(repeated, to.shape);
  },
  BroadcastTo: ({ emit, value, to }) => emit.broadcast(value(0), to.shape),
  Fill: ({ emit, value, to }) => emit.broadcast(value(1), to.shape),
  Range: ({ emit, fixed, to }) => {
    const [start, step] = [fixed(0)[0]!, fixed(2)[0]!];
    const counted = emit.iota(to.dtype, to.shape, 0);
    return emit.add(emit.scaled(counted, step), emit.splat(start, to.dtype));
  },
  LinSpace: ({ emit, fixed, to }) => {
    const [start, stop, count] = [fixed(0)[0]!, fixed(1)[0]!, fixed(2)[0]!];
    const step = count > 1 ? (stop - start) / (count - 1) : 0;
    return emit.constant(range(count).map((i) => start + i * step), to); // prettier-ignore
  },
  Diag: ({ emit, value, to }) => {
    const x = value(0);
    const rank = x.shape.length;
    const isSame = range(rank).map((axis) =>
      emit.compare("EQ", emit.iota("int32", to.shape, axis), emit.iota("int32", to.shape, axis + rank)),
    );
    const onDiagonal = isSame.reduce((all, each) => emit.binary("and", all, each));
    const rows = emit.broadcast(x, to.shape, range(rank));
    return emit.select(onDiagonal, rows, emit.splat(0, to.dtype));
  },
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
};
