import { attributeText, type NodeMessage } from "../compile/graph-messages.ts";
import { range } from "../range.ts";
import { sizeOf } from "../shapes/shape.ts";
import { type Sides, sidesForSame, sidesOfAxes } from "../shapes/sides.ts";
import { type Emitter, type Value } from "./emitter.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";
import { reduceWindow, type Window } from "./reduce-window.ts";

/**
 * Elements that padding puts before and after each axis, by TensorFlow's three kinds of it.
 *
 * @param dims extent of the window along each axis, with its dilation.
 */
export function windowSides(
  attr: NodeMessage["attr"],
  shape: readonly number[],
  dims: readonly number[],
  strides: readonly number[],
): Sides[] {
  const kind = attributeText(attr["padding"]);
  if (kind === "EXPLICIT") return sidesOfAxes(attr["explicit_paddings"]!.list!.i!);
  return shape.map((length, axis): Sides => {
    return kind === "VALID" ? [0, 0] : sidesForSame(length, dims[axis]!, strides[axis]!);
  });
}

/** @throws {EngineError} OP_NOT_SUPPORTED for images with channels first, which tfjs does not record. */
export function requireChannelsLast({ attr, refusal }: RecordedOp): void {
  if (attributeText(attr["data_format"]).startsWith("NC")) throw refusal("takes images with channels first");
}

/** The window of a pooling op over an image of a shape. */
function windowOf(recorded: RecordedOp, shape: readonly number[]): Window {
  requireChannelsLast(recorded);
  const { attr } = recorded;
  const [dims, strides] = [attr["ksize"]!.list!.i!, attr["strides"]!.list!.i!];
  return { dims, strides, sides: windowSides(attr, shape, dims, strides) };
}

/** Padding of a max pool is never the largest: it is minus infinity, not zero. */
const maxPool: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const x = value(0);
  return reduceWindow(emit, "maximum", [x, emit.splat(-Infinity, x.dtype)], windowOf(recorded, x.shape), to);
};

/**
 * Each window's gradient goes to its largest pixel; of equal ones to the first, as in TensorFlow.
 *
 * StableHLO's `select_and_scatter` chooses among equal pixels in the order of the device, and adds with
 * atomics on a GPU. Here each window's place of the maximum is found first, pixel by pixel of the window, and
 * an image's gradient is the sum of the windows' gradients that lie on it: the same bits on every device.
 *
 * The maximum is not compared with the pool's own result: XLA may compute a bfloat16 image anew with more
 * bits, and no pixel would be equal to it.
 */
const maxPoolGrad: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const [x, dy] = [value(0), value(2)];
  if ([...to.shape, ...dy.shape].includes(0)) return emit.splat(0, to.dtype, to.shape);
  const { dims, strides, sides } = windowOf(recorded, x.shape);
  const low = sides.map(([before]) => before);
  const high = sides.map(([, after]) => after);
  const padded = emit.pad(x, emit.splat(-Infinity, x.dtype), low, high);
  const places = placesIn(dims);
  // Where the last window has a pixel, from where the first has it.
  const reach = dy.shape.map((windows, axis) => (windows - 1) * strides[axis]!);
  const pixelsAt = (place: readonly number[]): Value =>
    emit.slice(
      padded,
      place,
      place.map((from, axis) => from + reach[axis]! + 1),
      strides,
    );

  const number = places.length < 256 ? "uint8" : "int32";
  let [most, found] = [pixelsAt(places[0]!), emit.splat(0, number, dy.shape)];
  for (const [i, place] of places.entries()) {
    if (i === 0) continue;
    const pixels = pixelsAt(place);
    const isMore = emit.compare("GT", pixels, most);
    [most, found] = [emit.select(isMore, pixels, most), emit.select(isMore, emit.splat(i, number), found)];
  }
  // Found once, so that all parts below agree.
  const [largest] = emit.barrier([found]) as [Value];

  const zero = emit.splat(0, dy.dtype);
  const between = strides.map((stride) => stride - 1);
  const parts = places.map((place, i) => {
    const isLargest = emit.compare("EQ", largest, emit.splat(i, number));
    const before = place.map((begin, axis) => begin - low[axis]!);
    const after = to.shape.map((n, axis) => n - 1 - reach[axis]! - before[axis]!);
    return emit.pad(emit.select(isLargest, dy, zero), zero, before, after, between);
  });
  return parts.reduce((sum, part) => emit.add(sum, part));
};

/** The pixels of a window, row by row. */
const placesIn = (dims: readonly number[]): number[][] =>
  dims.reduce<number[][]>((all, n) => all.flatMap((place) => range(n).map((i) => [...place, i])), [[]]);

/** The number of pixels of the image, without padding, in each window: one factor for each axis. */
function pixelsInWindows(
  shape: readonly number[],
  counts: readonly number[],
  { dims, strides, sides }: Window,
) {
  return range(shape.length).map((axis) =>
    range(counts[axis]!).map((i) => {
      const from = i * strides[axis]! - sides[axis]![0];
      return Math.min(from + dims[axis]!, shape[axis]!) - Math.max(from, 0);
    }),
  );
}

/**
 * Divides sums over windows by the pixels in each: padding does not count, so windows at an edge have fewer.
 */
function averaged(emit: Emitter, sums: Value, shape: readonly number[], window: Window): Value {
  const factors = pixelsInWindows(shape, sums.shape, window);
  if (factors.every((each) => each.every((n) => n === each[0]))) {
    return emit.divide(sums, emit.splat(sizeOf(factors.map(([n = 1]) => n)), sums.dtype));
  }
  // Windows do not span images or channels.
  const [, rows, columns] = factors as [unknown, number[], number[]];
  const pixels = rows.flatMap((height) => columns.map((width) => height * width));
  const grid = { dtype: sums.dtype, shape: [1, rows.length, columns.length, 1] };
  return emit.divide(sums, emit.broadcast(emit.constant(pixels, grid), sums.shape));
}

const avgPool: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const x = value(0);
  const window = windowOf(recorded, x.shape);
  // A window of one pixel takes every n-th.
  const start = x.shape.map(() => 0);
  if (sizeOf(window.dims) === 1) return emit.slice(x, start, x.shape, window.strides);
  const wide = emit.convert(x, emit.float);
  const sums = reduceWindow(emit, "add", [wide, emit.splat(0, emit.float)], window, {
    ...to,
    dtype: emit.float,
  });
  return emit.convert(averaged(emit, sums, x.shape, window), to.dtype);
};

/** Each window's gradient goes to its pixels in equal parts: a sum over the windows that a pixel lies in. */
const avgPoolGrad: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const dy = value(1);
  const { dims, strides, sides } = windowOf(recorded, to.shape);
  const wide = emit.convert(dy, sizeOf(dims) === 1 ? dy.dtype : emit.float);
  const shares = sizeOf(dims) === 1 ? wide : averaged(emit, wide, to.shape, { dims, strides, sides });
  // Gradients stand where their windows begin, `strides` apart, with room for the windows before and after.
  const low = dims.map((k, axis) => k - 1 - sides[axis]![0]);
  const high = dims.map((k, axis) => {
    const spread = dy.shape[axis]! === 0 ? 0 : (dy.shape[axis]! - 1) * strides[axis]! + 1;
    return to.shape[axis]! + k - 1 - spread - low[axis]!;
  });
  const zero = emit.splat(0, wide.dtype);
  const between = strides.map((stride) => stride - 1);
  const spread = emit.pad(shares, zero, low, high, between);
  if (sizeOf(dims) === 1) return spread;
  const every = { dims, strides: dims.map(() => 1), sides: dims.map((): Sides => [0, 0]) };
  const sums = reduceWindow(emit, "add", [spread, zero], every, { ...to, dtype: wide.dtype });
  return emit.convert(sums, to.dtype);
};

/** Pooling and its gradients. */
export const windows: Lowerings = {
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGrad,
  AvgPool: avgPool,
  AvgPoolGrad: avgPoolGrad,
};
