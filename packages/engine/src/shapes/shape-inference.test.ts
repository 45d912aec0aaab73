import { beforeEach, expect, it } from "vitest";

import { constantAttributes } from "../compile/constant-attributes.ts";
import { DATA_TYPE, INT64 } from "../compile/data-types.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import { placeholder } from "../compile/session-state.ts";
import { shapeInference, type ShapeInference } from "./shape-inference.ts";

const { float32, int32, bool } = DATA_TYPE;
const T = { T: { type: float32 } };
let inference: ShapeInference;

beforeEach(() => {
  inference = shapeInference();
  inference.add(placeholder("x", "float32", [2, 3]));
  inference.add(placeholder("y", "float32", [4, 3]));
});

const op = (name: string, input: readonly string[], attr: NodeMessage["attr"] = T) =>
  inference.add({ name: `${name}_here`, op: name, input, attr });

/** A constant vector, or a scalar, of int32. */
function constant(name: string, values: readonly number[], shape = [values.length]): string {
  const content = new Uint8Array(Int32Array.from(values).buffer);
  inference.add({ name, op: "Const", input: [], attr: constantAttributes(int32, shape, content) });
  return name;
}

const refusal = (code: string, message: string) => expect.objectContaining({ code, message }) as Error;

it("tells type and shape of a result", () => {
  expect(op("MatMul", ["x", "y"], { ...T, transpose_b: { b: true } })).toEqual([
    { dtype: "float32", shape: [2, 4] },
  ]);
  expect(op("Shape", ["x"])).toEqual([{ dtype: "int32", shape: [2] }]);
  expect(op("Greater", ["x", "x"])).toEqual([{ dtype: "bool", shape: [2, 3] }]);
});

it("tells a shape that a constant says", () => {
  expect(op("Reshape", ["x", constant("shape", [3, -1])])).toEqual([{ dtype: "float32", shape: [3, 2] }]);
});

it("follows numbers through the ops that only pass them on", () => {
  const add = (name: string, type: string, input: readonly string[], attr: NodeMessage["attr"] = {}) => {
    inference.add({ name, op: type, input, attr });
    return name;
  };
  const one = constant("one", [1], []);
  const shape = add("pack", "Pack", [one, constant("two", [2], [])], { N: { i: 2 }, T: { type: int32 } });
  const joined = add("joined", "ConcatV2", [shape, constant("more", [3]), constant("axis", [0], [])], {
    N: { i: 2 },
    T: { type: int32 },
  });
  const wide = add("wide", "Cast", [joined], { SrcT: { type: int32 }, DstT: { type: INT64 } });
  expect(op("Reshape", ["x", wide], { ...T, Tshape: { type: INT64 } })).toEqual([
    { dtype: "float32", shape: [1, 2, 3] },
  ]);
  expect(op("Reshape", ["x", op1("Shape", "x")], T)).toEqual([{ dtype: "float32", shape: [2, 3] }]);
  const filled = add("filled", "Fill", [constant("length", [2]), one], { T: { type: int32 } });
  expect(op("Tile", ["x", filled], T)).toEqual([{ dtype: "float32", shape: [2, 3] }]);
  const range = add("range", "Range", [constant("0", [0], []), constant("2", [2], []), one], {
    Tidx: { type: int32 },
  });
  expect(op("Sum", ["x", range], T)).toEqual([{ dtype: "float32", shape: [] }]);
});

function op1(name: string, input: string): string {
  op(name, [input]);
  return `${name}_here`;
}

it("takes lists of inputs, and each of several results", () => {
  const axis = constant("axis", [0], []);
  const two = { ...T, N: { i: 2 } };
  expect(op("ConcatV2", ["x", "y", axis], two)).toEqual([{ dtype: "float32", shape: [6, 3] }]);
  const parts = op("Split", [axis, "x"], { ...T, num_split: { i: 2 } });
  expect(parts).toEqual([1, 1].map(() => ({ dtype: "float32", shape: [1, 3] })));
  expect(op("AddN", ["Split_here", "Split_here:1"], two)).toEqual([{ dtype: "float32", shape: [1, 3] }]);
});

it("ignores what an op only waits for", () => {
  expect(op("Neg", ["x", "^of_another_graph"])).toEqual([{ dtype: "float32", shape: [2, 3] }]);
});

it("leaves open what depends on values", () => {
  op("Cast", ["x"], { SrcT: { type: float32 }, DstT: { type: bool } });
  expect(op("Where", ["Cast_here"], { T: { type: bool } })).toEqual([{ dtype: "int64", shape: undefined }]);
  inference.add(placeholder("some", "int32", [2]));
  expect(op("Reshape", ["x", "some"])).toEqual([{ dtype: "float32", shape: undefined }]);
});

it.each<[sentence: string, call: () => unknown]>([
  [
    "Dimensions must be equal, but are 3 and 4 for MatMul with input shapes: [2,3], [4,3]",
    () => op("MatMul", ["x", "y"]),
  ],
  [
    "Dimensions must be equal, but are 2 and 4 for Add with input shapes: [2,3], [4,3]",
    () => op("Add", ["x", "y"]),
  ],
  [
    "Cannot reshape a tensor with 6 elements to shape [4] (4 elements) " +
      "for Reshape with input shapes: [2,3], [1]",
    () => op("Reshape", ["x", constant("four", [4])]),
  ],
  [
    "Dimension 0 in both shapes must be equal, but are 2 and 4. Shapes are [2,3] and [4,3] " +
      "for ReluGrad with input shapes: [2,3], [4,3]",
    () => op("ReluGrad", ["x", "y"]),
  ],
  [
    "Input 1 has the type int32, but must have the type float32 for Add with input shapes: [2,3], [1]",
    () => op("Add", ["x", constant("one", [1])]),
  ],
  [
    "Value for attr 'T' of bool is not in the list of allowed values: float32, bfloat16 " +
      "for Exp with input shapes: [2,3]",
    () => op("Exp", ["x"], { T: { type: bool } }),
  ],
  [
    "Exp has no attribute 'axis' for Exp with input shapes: [2,3]",
    () => op("Exp", ["x"], { ...T, axis: { i: 1 } }),
  ],
  [
    "The attribute 'keep_dims' must be of the kind bool for Sum with input shapes: [2,3], [1]",
    () => op("Sum", ["x", constant("one", [1])], { ...T, keep_dims: { i: 1 } }),
  ],
  [
    "Conv2D needs the attribute 'strides' for Conv2D with input shapes: [2,3], [4,3]",
    () => op("Conv2D", ["x", "y"]),
  ],
  ["Neg takes 1 inputs, but got 2 for Neg with input shapes: [2,3], [4,3]", () => op("Neg", ["x", "y"])],
])("says what does not go together: %s", (sentence, call) => {
  expect(call).toThrow(refusal("COMPUTE_FAILED", `TensorFlow: ${sentence}`));
});

it("refuses an op that it has no rule for", () => {
  expect(() => op("Qr", ["x"])).toThrow(
    refusal(
      "NOT_TRACEABLE",
      "The op Qr cannot be recorded. Write it with other ops, or use engine.mode eager.",
    ),
  );
});
