import { range } from "../range.ts";
import { fromZero, sizeOf } from "../shapes/shape.ts";
import type { Sides } from "../shapes/sides.ts";
import { type Combination, type Emitter, namesOf, neutral, typesOf, type Value } from "./emitter.ts";
import { isFloat } from "./literals.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";
import { reduceWindow } from "./reduce-window.ts";

/** Axes that are given as a tensor, counted from 0 on, each once. */
const axesOf = ({ value, fixed }: RecordedOp, place: number): number[] => [
  ...new Set(fixed(place).map((axis) => fromZero(axis, value(0).shape.length))),
];

const reduction =
  (combination: Combination): Lowering =>
  (recorded) => {
    const { emit, value, attr } = recorded;
    return emit.reduce(combination, value(0), axesOf(recorded, 1), attr["keep_dims"]?.b);
  };

/**
 * Elements to be compared with the largest or smallest of them, which is never what is not a number. Computed
 * once: a second time the same sum may end in another bit, and nothing would be the largest.
 */
function comparable(emit: Emitter, given: Value, combination: "maximum" | "minimum"): Value {
  const last = emit.splat(neutral(combination, given.dtype), given.dtype);
  const known = isFloat(given.dtype) ? emit.select(emit.compare("EQ", given, given), given, last) : given;
  return emit.barrier([known])[0]!;
}

/**
 * The first place along an axis where a condition holds. A reduction of pairs may come to equal elements in
 * any order; the least of their places does not.
 */
function firstWhere(emit: Emitter, condition: Value, axis: number, keepAxes = false): Value {
  const places = emit.iota("int32", condition.shape, axis);
  const none = emit.splat(2 ** 31 - 1, "int32");
  return emit.reduce("minimum", emit.select(condition, places, none), [axis], keepAxes);
}

/** The place of the first of the largest or smallest elements; what is not a number is never it. */
const firstPlace =
  (combination: "maximum" | "minimum"): Lowering =>
  (recorded) => {
    const { emit, value } = recorded;
    const [axis] = axesOf(recorded, 1) as [number];
    const x = comparable(emit, value(0), combination);
    const best = emit.reduce(combination, x, [axis], true);
    return firstWhere(emit, emit.compare("EQ", x, best), axis);
  };

/** Sums or products of all elements up to each one along an axis, as a window over what came before. */
const cumulative =
  (combination: "add" | "multiply"): Lowering =>
  ({ emit, value, attr, fixed }) => {
    const x = value(0);
    const axis = fromZero(fixed(1)[0]!, x.shape.length);
    const length = x.shape[axis]!;
    if (length === 0 || sizeOf(x.shape) === 0) return x;
    const isReverse = attr["reverse"]?.b ?? false;
    const start = emit.splat(neutral(combination, x.dtype), x.dtype);
    const at = (n: number): number[] => x.shape.map((_, i) => (i === axis ? n : 0));
    const sides = x.shape.map((_, i): Sides => {
      if (i !== axis) return [0, 0];
      return isReverse ? [0, length - 1] : [length - 1, 0];
    });
    const ones = x.shape.map(() => 1);
    const window = { dims: ones.with(axis, length), strides: ones, sides };
    const all = reduceWindow(emit, combination, [x, start], window, x);
    if (!(attr["exclusive"]?.b ?? false)) return all;
    // Without the element itself: all moves by one place.
    return isReverse ? emit.pad(all, start, at(-1), at(1)) : emit.pad(all, start, at(1), at(-1));
  };

/** Up to so many of the largest elements are looked for one after another, which is faster than a sort. */
const MOST_IN_TURN = 2;

/** The k largest elements of the last axis and their places, the largest first; of equal ones the first. */
const topK: Lowering = ({ emit, value, results, refusal, attr, fixed }) => {
  const x = value(0);
  if (attr["index_type"]?.type !== undefined && results[1]!.dtype !== "int32")
    throw refusal("gives 64-bit places");
  const k = fixed(1)[0]!;
  return k > 0 && k <= MOST_IN_TURN ? largestInTurn(emit, x, k) : largestBySort(emit, x, k);
};

/** What is not a number is never among them: minus infinity stands for it. */
function largestInTurn(emit: Emitter, given: Value, k: number): readonly Value[] {
  const axis = given.shape.length - 1;
  const places = emit.iota("int32", given.shape, axis);
  const least = emit.splat(neutral("maximum", given.dtype), given.dtype);
  let x = comparable(emit, given, "maximum");
  let isLeft = emit.splat(1, "bool", given.shape);
  const found = range(k).map(() => {
    const best = emit.reduce("maximum", x, [axis], true);
    const isBest = emit.binary("and", isLeft, emit.compare("EQ", x, best));
    const place = firstWhere(emit, isBest, axis, true);
    isLeft = emit.binary("and", isLeft, emit.compare("NE", places, place));
    x = emit.select(isLeft, x, least);
    return { best, place };
  });
  return [found.map(({ best }) => best), found.map(({ place }) => place)].map((parts) =>
    emit.concatenate(parts, axis),
  );
}

function largestBySort(emit: Emitter, x: Value, k: number): readonly Value[] {
  const axis = x.shape.length - 1;
  const of = [sortKey(emit, x), emit.iota("int32", x.shape, axis), x];
  const [number, place] = of.map(({ dtype }) => typesOf([{ dtype, shape: [] }])) as [string, string];
  // A stable sort leaves equal elements in their order, so the places are the same on every device.
  const order = isFloat(x.dtype) ? ", TOTALORDER" : ", SIGNED";
  const region =
    `({ ^bb0(%a: ${number}, %b: ${number}, %c: ${place}, %d: ${place}, %e: ${number}, %f: ${number}): ` +
    `%r = stablehlo.compare GT, %a, %b${order} : (${number}, ${number}) -> tensor<i1> ` +
    `stablehlo.return %r : tensor<i1> })`;
  const [, places, sorted] = emit.putAll(
    `"stablehlo.sort"(${namesOf(of)}) <{dimension = ${axis} : i64, is_stable = true}> ${region} : ` +
      `(${typesOf(of)}) -> (${typesOf(of)})`,
    of,
  ) as [Value, Value, Value];
  return [sorted, places].map((each) => emit.sliceAlong(each, axis, 0, k));
}

/** What elements are sorted by. The order of all floats has minus zero below zero, which TensorFlow has not. */
function sortKey(emit: Emitter, x: Value): Value {
  if (!isFloat(x.dtype)) return x;
  const zero = emit.splat(0, x.dtype);
  return emit.select(emit.compare("EQ", x, zero), zero, x);
}

/** Ops that many elements go into for one of the result, and ops along an axis. */
export const reductions: Lowerings = {
  Sum: reduction("add"),
  Prod: reduction("multiply"),
  Max: reduction("maximum"),
  Min: reduction("minimum"),
  All: reduction("and"),
  Any: reduction("or"),
  Mean: (recorded) => {
    const { emit, value, attr } = recorded;
    const x = value(0);
    const axes = axesOf(recorded, 1);
    const sum = emit.reduce("add", widened(emit, x), axes, attr["keep_dims"]?.b);
    return emit.convert(emit.scaled(sum, 1 / sizeOf(axes.map((axis) => x.shape[axis]!))), x.dtype);
  },
  /** Half of the sum of squares. */
  L2Loss: ({ emit, value }) => {
    const wide = widened(emit, value(0));
    const squares = emit.multiply(wide, wide);
    const sum = emit.reduce("add", squares, range(wide.shape.length));
    return emit.convert(emit.scaled(sum, 0.5), value(0).dtype);
  },
  /** The gradient of a bias: the sum over all but the channels. */
  BiasAddGrad: ({ emit, value }) => emit.reduce("add", value(0), range(value(0).shape.length - 1)),
  ArgMax: firstPlace("maximum"),
  ArgMin: firstPlace("minimum"),
  Cumsum: cumulative("add"),
  Cumprod: cumulative("multiply"),
  TopKV2: topK,
};

/** Sums of short floats are formed in long ones. */
const widened = (emit: Emitter, x: Value): Value =>
  x.dtype === "bfloat16" ? emit.convert(x, emit.float) : x;
