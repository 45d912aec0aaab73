import { ranked, saidShape } from "./dimensions.ts";
import { ops, type OpTable, type ShapeRule } from "./op-call.ts";

const fill: ShapeRule = (call) => {
  const shape = saidShape(call, 0);
  ranked(call, 1, 0);
  return [shape];
};

const range: ShapeRule = (call) => {
  for (const input of [0, 1, 2]) ranked(call, input, 0);
  const [start, limit, delta] = [0, 1, 2].map((input) => call.numbers(input)[0]!) as [number, number, number];
  if (delta === 0) throw call.misfit("Requires delta != 0");
  if (delta > 0 && start > limit) {
    throw call.misfit(`Requires start <= limit when delta > 0, but are ${start} and ${limit}`);
  }
  if (delta < 0 && start < limit) {
    throw call.misfit(`Requires start >= limit when delta < 0, but are ${start} and ${limit}`);
  }
  return [[Math.ceil((limit - start) / delta)]];
};

const evenly: ShapeRule = (call) => {
  for (const input of [0, 1, 2]) ranked(call, input, 0);
  const [count] = call.numbers(2);
  if (count! <= 0) throw call.misfit(`Requires num > 0: ${count}`);
  return [[count!]];
};

const oneHot: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  for (const input of [1, 2, 3]) ranked(call, input, 0);
  const [depth] = call.numbers(1);
  if (depth! < 0) throw call.misfit(`depth must be non-negative but is ${depth}`);
  const axis = call.int("axis");
  if (axis < -1 || axis > shape.length) {
    throw call.misfit(`axis must be >= -1 and <= ${shape.length}, but is ${axis}`);
  }
  const place = axis === -1 ? shape.length : axis;
  return [[...shape.slice(0, place), depth!, ...shape.slice(place)]];
};

/** Ops that make tensors of numbers that say what they hold. */
export const GENERATED: OpTable = {
  ...ops("Fill", "index_type:index, T -> T", fill),
  ...ops("Range", "Tidx:signed, Tidx, Tidx -> Tidx", range),
  ...ops("LinSpace", "T:float, T, Tidx:index -> T", evenly),
  ...ops("OneHot", "TI:integer, int32, T, T -> T; axis:int=-1", oneHot),
};
