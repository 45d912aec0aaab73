import { range } from "../range.ts";
import { fromZero, sizeOf } from "../shapes/shape.ts";
import { namesOf, typesOf, type Value } from "./emitter.ts";
import { list, longs, typeText } from "./literals.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";

interface Gathering {
  readonly offsets: readonly number[];
  readonly collapsed: readonly number[];
  readonly startsAt: readonly number[];
  readonly indexAxis: number;
  readonly sizes: readonly number[];
  /** Axes of a batch, of the operand and of the indices alike. */
  readonly batch?: readonly number[];
}

/**
 * Takes slices of `x`. An index outside is an error in TensorFlow on the CPU; XLA takes the nearest slice
 * instead, so that bounds are the recorded code's to keep.
 */
function gather({ emit, to }: RecordedOp, [x, indices]: readonly [Value, Value], how: Gathering): Value {
  const { batch = [] } = how;
  const numbers =
    `offset_dims = ${list(how.offsets)}, collapsed_slice_dims = ${list(how.collapsed)}, ` +
    (batch.length === 0
      ? ""
      : `operand_batching_dims = ${list(batch)}, start_indices_batching_dims = ${list(batch)}, `) +
    `start_index_map = ${list(how.startsAt)}, index_vector_dim = ${how.indexAxis}`;
  const of = [x, indices];
  return emit.put(
    `"stablehlo.gather"(${namesOf(of)}) <{dimension_numbers = #stablehlo.gather<${numbers}>, ` +
      `slice_sizes = ${longs(how.sizes)}, indices_are_sorted = false}> : (${typesOf(of)}) -> ${typeText(to)}`,
    to,
  );
}

/** Slices along one axis, at indices of any shape. */
const gatherV2: Lowering = (recorded) => {
  const { value, fixed, attr } = recorded;
  const [x, indices] = [value(0), value(1)];
  const axis = fromZero(fixed(2)[0]!, x.shape.length);
  const batch = range(fromZero(attr["batch_dims"]?.i ?? 0, indices.shape.length));
  const added = indices.shape.length - batch.length;
  const others = range(x.shape.length).filter((i) => i >= batch.length && i !== axis);
  return gather(recorded, [x, indices], {
    offsets: others.map((i) => (i < axis ? i : i - 1 + added)),
    collapsed: [axis],
    startsAt: [axis],
    indexAxis: indices.shape.length,
    sizes: x.shape.map((n, i) => (i === axis || i < batch.length ? 1 : n)),
    batch,
  });
};

/** Slices at the first axes, whose places are the last axis of the indices. */
const gatherNd: Lowering = (recorded) => {
  const { value } = recorded;
  const [x, indices] = [value(0), value(1)];
  const last = indices.shape.length - 1;
  const depth = indices.shape[last]!;
  return gather(recorded, [x, indices], {
    offsets: range(x.shape.length - depth).map((i) => last + i),
    collapsed: range(depth),
    startsAt: range(depth),
    indexAxis: last,
    sizes: x.shape.map((n, i) => (i < depth ? 1 : n)),
  });
};

/**
 * `x` with slices put at places of its first axes, or added there. A place outside is left out.
 *
 * @param indices `[…, depth]`, as many axes of `x` as the last axis is long. @param updates the slices.
 */
function scatter(
  { emit }: RecordedOp,
  [x, indices, updates]: readonly [Value, Value, Value],
  combine: "add" | "second",
): Value {
  const last = indices.shape.length - 1;
  const depth = indices.shape[last]!;
  const window = range(x.shape.length - depth).map((i) => last + i);
  const first = list(range(depth));
  const numbers =
    `update_window_dims = ${list(window)}, inserted_window_dims = ${first}, ` +
    `scatter_dims_to_operand_dims = ${first}, index_vector_dim = ${last}`;
  const attributes =
    `scatter_dimension_numbers = #stablehlo.scatter<${numbers}>, indices_are_sorted = false, ` +
    // Rows that are put and not added may come in any order: equal places bring equal rows.
    `unique_indices = ${combine === "second"}`;
  return emit.withRegions("scatter", [x, indices, updates], attributes, [{ dtype: x.dtype, combine }], x);
}

/** 1 where an index along a new axis is the place on that axis, else 0. */
function isAt({ emit }: RecordedOp, indices: Value, axis: number, depth: number): Value {
  const shape = indices.shape.toSpliced(axis, 0, depth);
  const others = range(shape.length).filter((i) => i !== axis);
  return emit.compare("EQ", emit.broadcast(indices, shape, others), emit.iota("int32", shape, axis));
}

export const indexing: Lowerings = {
  GatherV2: gatherV2,
  GatherNd: gatherNd,
  TensorScatterUpdate: (recorded) =>
    scatter(recorded, [recorded.value(0), recorded.value(1), recorded.value(2)], "second"),
  ScatterNd: (recorded) => {
    const { emit, value, to } = recorded;
    return scatter(recorded, [emit.splat(0, to.dtype, to.shape), value(0), value(1)], "add");
  },
  /** Sums of the rows with the same number; rows with a negative number are left out. */
  UnsortedSegmentSum: (recorded) => {
    const { emit, value, to } = recorded;
    const places = emit.reshape(value(1), [...value(1).shape, 1]);
    return scatter(recorded, [emit.splat(0, to.dtype, to.shape), places, value(0)], "add");
  },
  OneHot: (recorded) => {
    const { emit, value, fixed, attr, to } = recorded;
    const axis = fromZero(attr["axis"]?.i ?? -1, to.shape.length);
    return emit.select(isAt(recorded, value(0), axis, fixed(1)[0]!), value(2), value(3));
  },
  /** How often each number from 0 on occurs, or the sum of its weights; others do not count. */
  Bincount: (recorded) => {
    const { emit, value, fixed, to } = recorded;
    const x = emit.reshape(value(0), [sizeOf(value(0).shape)]);
    const hits = isAt(recorded, x, 1, fixed(1)[0]!);
    const weights = value(2);
    const isWeighted = weights.shape.length > 0 && !weights.shape.includes(0);
    const one = emit.splat(1, to.dtype);
    const each = isWeighted ? emit.broadcast(emit.reshape(weights, x.shape), hits.shape, [0]) : one;
    return emit.reduce("add", emit.select(hits, each, emit.splat(0, to.dtype)), [0]);
  },
};
