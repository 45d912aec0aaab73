import { axisOf, ranked } from "./dimensions.ts";
import { ops, type OpTable, type ShapeRule } from "./op-call.ts";

/** The slices along an axis that differ, and for each slice its place among these. */
const uniqueAlong: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const [axis = 0] = call.numbers(1);
  const place = axisOf(axis, shape.length);
  if (place === undefined) throw call.misfit(`axis expects to be in the range [0, ${shape.length})`);
  return ["open", [shape[place]!]];
};

/** Ops whose results are as long as values say. A step is refused where it uses one. */
export const OPEN_RESULTS: OpTable = {
  ...ops("Unique", "T -> T, out_idx:index=int32", (call) => ["open", ranked(call, 0, 1)]),
  ...ops("UniqueV2", "T, Taxis:index -> T, out_idx:index=int32", uniqueAlong),
  ...ops("Where", "T:value -> int64", () => ["open"]),
  ...ops("NonMaxSuppressionV3", "T:float32, T, int32, T_threshold:float32, T_threshold -> int32", () => [
    "open",
  ]),
  ...ops(
    "NonMaxSuppressionV4",
    "T:float32, T, int32, T_threshold:float32, T_threshold -> int32, int32; " +
      "pad_to_max_output_size:bool=false",
    () => ["open", []],
  ),
  ...ops(
    "NonMaxSuppressionV5",
    "T:float32, T, int32, T, T, T -> int32, T, int32; pad_to_max_output_size:bool=false",
    () => ["open", "open", []],
  ),
};
