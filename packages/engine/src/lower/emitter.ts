import { range } from "../range.ts";
import { jointShape, keptAxes, sameShape } from "../shapes/shape.ts";
import {
  elementsText,
  type ElementType,
  isFloat,
  list,
  numberText,
  type TensorType,
  typeText,
} from "./literals.ts";

/** A value of the program: the name of its one assignment (SSA), with its type. */
export interface Value extends TensorType {
  readonly name: string;
}

/** Ops that reductions and windows combine two numbers by. */
export type Combination = "add" | "multiply" | "maximum" | "minimum" | "and" | "or";
export type Direction = "EQ" | "NE" | "LT" | "LE" | "GT" | "GE";

/** How numbers inside a region are combined: two scalars of `dtype` to one result. */
export interface Region {
  readonly dtype: ElementType;
  readonly combine: Combination | `compare ${Direction}` | "second";
}

/**
 * Writes StableHLO, op by op; each method adds the text of its ops and returns their result. Types are
 * checked by XLA, which names an op and not a line of the user: what must hold is made sure of before.
 */
export interface Emitter {
  /** The floats of the program: "float64" in the reference that rounding is measured by. */
  readonly float: "float32" | "float64";
  /** All ops so far, a line each. */
  readonly lines: readonly string[];
  /** Adds an op that is written out, with one result. */
  put(op: string, type: TensorType): Value;
  /** Adds an op with several results. */
  putAll(op: string, types: readonly TensorType[]): readonly Value[];
  /** Adds an op with regions, in MLIR's generic form. `attributes`: "a = 1 : i64, b = true". */
  withRegions(
    op: string,
    of: readonly Value[],
    attributes: string,
    regions: readonly Region[],
    type: TensorType,
  ): Value;
  /** One number in all places. */
  splat(number: number, dtype: ElementType, shape?: readonly number[]): Value;
  constant(values: readonly number[], type: TensorType): Value;
  /** 0, 1, 2, … along an axis. */
  iota(dtype: ElementType, shape: readonly number[], axis: number): Value;
  /** An op on one value with a result of the same type; `op` without a dialect is StableHLO's. */
  unary(op: string, x: Value): Value;
  /** An op on two values, which are broadcast together first: StableHLO does not by itself. */
  binary(op: string, a: Value, b: Value): Value;
  add(a: Value, b: Value): Value;
  subtract(a: Value, b: Value): Value;
  multiply(a: Value, b: Value): Value;
  divide(a: Value, b: Value): Value;
  /** The product with a number. */
  scaled(x: Value, factor: number): Value;
  compare(direction: Direction, a: Value, b: Value): Value;
  /** `a` where the condition holds, `b` elsewhere; all three are broadcast together. */
  select(condition: Value, a: Value, b: Value): Value;
  convert(x: Value, dtype: ElementType): Value;
  reshape(x: Value, shape: readonly number[]): Value;
  /** @param axes of the result that the axes of `x` become. Default: NumPy's rule. */
  broadcast(x: Value, shape: readonly number[], axes?: readonly number[]): Value;
  transpose(x: Value, order: readonly number[]): Value;
  reverse(x: Value, axes: readonly number[]): Value;
  slice(x: Value, begin: readonly number[], end: readonly number[], strides?: readonly number[]): Value;
  /** The elements from a place on before another along one axis, and all along the others. */
  sliceAlong(x: Value, axis: number, from: number, to: number): Value;
  /** Negative numbers of `low` and `high` cut off; `interior` puts as many between two neighbours. */
  pad(
    x: Value,
    by: Value,
    low: readonly number[],
    high: readonly number[],
    interior?: readonly number[],
  ): Value;
  concatenate(parts: readonly Value[], axis: number): Value;
  reduce(combination: Combination, x: Value, axes: readonly number[], keepAxes?: boolean): Value;
  /** The same values, none of which is known before all are computed. */
  barrier(values: readonly Value[]): readonly Value[];
}

export function createEmitter(float: "float32" | "float64"): Emitter {
  const lines: string[] = [];
  let count = 0;

  const put = (op: string, type: TensorType): Value => {
    const name = `%${count++}`;
    lines.push(`${name} = ${op}`);
    return { name, dtype: type.dtype, shape: type.shape };
  };

  const emitter: Emitter = {
    float,
    lines,
    put,
    putAll(op, types) {
      const name = `%${count++}`;
      lines.push(`${name}:${types.length} = ${op}`);
      return types.map(({ dtype, shape }, i) => ({ name: `${name}#${i}`, dtype, shape }));
    },
    withRegions(op, of, attributes, regions, type) {
      const bodies = regions.map(regionText).join(", ");
      return put(
        `"stablehlo.${op}"(${namesOf(of)}) <{${attributes}}> (${bodies}) : ` +
          `(${typesOf(of)}) -> ${typeText(type)}`,
        type,
      );
    },
    splat: (number, dtype, shape = []) =>
      put(`stablehlo.constant dense<${numberText(number, dtype)}> : ${typeText({ dtype, shape })}`, {
        dtype,
        shape,
      }),
    constant: (values, type) =>
      put(`stablehlo.constant dense<${elementsText(values, type.dtype)}> : ${typeText(type)}`, type),
    iota: (dtype, shape, axis) =>
      put(`stablehlo.iota dim = ${axis} : ${typeText({ dtype, shape })}`, { dtype, shape }),
    unary: (op, x) => {
      const type = typeText(x);
      return op.startsWith("chlo.")
        ? put(`${op} ${x.name} : ${type} -> ${type}`, x)
        : put(`stablehlo.${op} ${x.name} : ${type}`, x);
    },
    binary(op, a, b) {
      const shape = jointShape(a.shape, b.shape);
      const [x, y] = [emitter.broadcast(a, shape), emitter.broadcast(b, shape)];
      return put(`stablehlo.${op} ${x.name}, ${y.name} : ${typeText(x)}`, x);
    },
    add: (a, b) => emitter.binary("add", a, b),
    subtract: (a, b) => emitter.binary("subtract", a, b),
    multiply: (a, b) => emitter.binary("multiply", a, b),
    divide: (a, b) => emitter.binary("divide", a, b),
    scaled: (x, factor) => emitter.multiply(x, emitter.splat(factor, x.dtype)),
    compare(direction, a, b) {
      const shape = jointShape(a.shape, b.shape);
      const of = [emitter.broadcast(a, shape), emitter.broadcast(b, shape)];
      const type = { dtype: "bool", shape } as const;
      return put(
        `stablehlo.compare ${direction}, ${namesOf(of)} : (${typesOf(of)}) -> ${typeText(type)}`,
        type,
      );
    },
    select(condition, a, b) {
      const shape = jointShape(condition.shape, jointShape(a.shape, b.shape));
      const [x, y] = [emitter.broadcast(a, shape), emitter.broadcast(b, shape)];
      // A scalar condition may stay one.
      const given = condition.shape.length === 0 ? condition : emitter.broadcast(condition, shape);
      const types = `${typeText(given)}, ${typeText(x)}`;
      return put(`stablehlo.select ${namesOf([given, x, y])} : ${types}`, x);
    },
    convert(x, dtype) {
      if (x.dtype === dtype) return x;
      return converted("convert", x, { dtype, shape: x.shape });
    },
    reshape(x, shape) {
      if (sameShape(x.shape, shape)) return x;
      return converted("reshape", x, { dtype: x.dtype, shape });
    },
    broadcast(x, shape, axes = range(x.shape.length).map((i) => i + shape.length - x.shape.length)) {
      if (sameShape(x.shape, shape)) return x;
      const type = { dtype: x.dtype, shape };
      const dims = `dims = ${list(axes)}`;
      return put(
        `stablehlo.broadcast_in_dim ${x.name}, ${dims} : (${typeText(x)}) -> ${typeText(type)}`,
        type,
      );
    },
    transpose(x, order) {
      if (order.every((axis, i) => axis === i)) return x;
      const type = { dtype: x.dtype, shape: order.map((axis) => x.shape[axis]!) };
      const dims = `dims = ${list(order)}`;
      return put(`stablehlo.transpose ${x.name}, ${dims} : (${typeText(x)}) -> ${typeText(type)}`, type);
    },
    reverse(x, axes) {
      if (axes.length === 0) return x;
      return put(`stablehlo.reverse ${x.name}, dims = ${list(axes)} : ${typeText(x)}`, x);
    },
    slice(x, begin, end, strides = begin.map(() => 1)) {
      const shape = begin.map((from, i) => Math.max(Math.ceil((end[i]! - from) / strides[i]!), 0));
      if (sameShape(shape, x.shape) && strides.every((stride) => stride === 1)) return x;
      const type = { dtype: x.dtype, shape };
      const ranges = begin.map((from, i) => `${from}:${Math.max(end[i]!, from)}:${strides[i]}`).join(", ");
      return put(`stablehlo.slice ${x.name} [${ranges}] : (${typeText(x)}) -> ${typeText(type)}`, type);
    },
    sliceAlong(x, axis, from, to) {
      const begin = x.shape.map(() => 0).with(axis, from);
      return emitter.slice(x, begin, x.shape.with(axis, to));
    },
    pad(x, by, low, high, interior = low.map(() => 0)) {
      if ([...low, ...high, ...interior].every((n) => n === 0)) return x;
      const shape = x.shape.map((n, i) => low[i]! + n + Math.max(n - 1, 0) * interior[i]! + high[i]!);
      const type = { dtype: x.dtype, shape };
      const widths = `low = ${list(low)}, high = ${list(high)}, interior = ${list(interior)}`;
      return put(
        `stablehlo.pad ${namesOf([x, by])}, ${widths} : (${typesOf([x, by])}) -> ${typeText(type)}`,
        type,
      );
    },
    concatenate(parts, axis) {
      if (parts.length === 1) return parts[0]!;
      const length = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
      const type = { dtype: parts[0]!.dtype, shape: parts[0]!.shape.with(axis, length) };
      return put(
        `stablehlo.concatenate ${namesOf(parts)}, dim = ${axis} : (${typesOf(parts)}) -> ${typeText(type)}`,
        type,
      );
    },
    reduce(combination, x, axes, keepAxes = false) {
      if (axes.length === 0) return x;
      const start = emitter.splat(neutral(combination, x.dtype), x.dtype);
      const type = { dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.includes(i)) };
      const result = put(
        `stablehlo.reduce(${x.name} init: ${start.name}) applies stablehlo.${combination} ` +
          `across dimensions = ${list(axes)} : (${typesOf([x, start])}) -> ${typeText(type)}`,
        type,
      );
      return keepAxes ? emitter.reshape(result, keptAxes(x.shape, axes)) : result;
    },
    barrier(values) {
      if (values.length === 0) return [];
      const op = `stablehlo.optimization_barrier ${namesOf(values)} : ${typesOf(values)}`;
      return values.length === 1 ? [put(op, values[0]!)] : emitter.putAll(op, values);
    },
  };

  const converted = (op: string, x: Value, type: TensorType): Value =>
    put(`stablehlo.${op} ${x.name} : (${typeText(x)}) -> ${typeText(type)}`, type);

  return emitter;
}

export const namesOf = (values: readonly Value[]): string => values.map(({ name }) => name).join(", ");
export const typesOf = (values: readonly TensorType[]): string => values.map(typeText).join(", ");

/** The number that changes nothing: what a reduction begins with, and gives of nothing. */
export function neutral(combination: Combination, dtype: ElementType): number {
  switch (combination) {
    case "add":
    case "or":
      return 0;
    case "multiply":
    case "and":
      return 1;
    case "maximum":
      return isFloat(dtype) ? -Infinity : dtype === "int32" ? -(2 ** 31) : 0;
    case "minimum":
      return isFloat(dtype) ? Infinity : dtype === "int32" ? 2 ** 31 - 1 : 255;
  }
}

function regionText({ dtype, combine }: Region): string {
  const type = typeText({ dtype, shape: [] });
  const head = `{ ^bb0(%a: ${type}, %b: ${type}): `;
  if (combine === "second") return `${head}stablehlo.return %b : ${type} }`;
  if (combine.startsWith("compare ")) {
    return (
      `${head}%r = stablehlo.${combine}, %a, %b : (${type}, ${type}) -> tensor<i1> ` +
      "stablehlo.return %r : tensor<i1> }"
    );
  }
  return `${head}%r = stablehlo.${combine} %a, %b : ${type} stablehlo.return %r : ${type} }`;
}
