import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { sessionSettings, startEngine } from "../start.ts";
import { cLibrary } from "./c-library.ts";
import { DATA_TYPE } from "./data-types.ts";
import type { NodeMessage } from "./graph-messages.ts";
import { placeholder, shapeOf } from "./session-state.ts";
import { openShapeInference, type ShapeInference } from "./shape-inference.ts";

const { float32, int32 } = DATA_TYPE;
let inference: ShapeInference;

beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(() => {
  inference = openShapeInference(cLibrary(sessionSettings().libraryFolder));
  inference.add(placeholder("x", "float32", [2, 3]));
  inference.add(placeholder("y", "float32", [4, 3]));
});
afterEach(() => inference.close());

const op = (name: string, input: readonly string[], attr: NodeMessage["attr"] = {}) =>
  inference.add({ name: `${name}_here`, op: name, input, attr });

/** A constant vector of int32. */
function constant(name: string, values: readonly number[]): string {
  const content = new Uint8Array(Int32Array.from(values).buffer);
  const tensor = { dtype: int32, tensor_shape: shapeOf([values.length]), tensor_content: content };
  inference.add({ name, op: "Const", input: [], attr: { dtype: { type: int32 }, value: { tensor } } });
  return name;
}

it("tells type and shape of a result", () => {
  expect(op("MatMul", ["x", "y"], { transpose_b: { b: true } })).toEqual([
    { dataType: float32, shape: [2, 4] },
  ]);
  expect(op("Shape", ["x"])).toEqual([{ dataType: int32, shape: [2] }]);
});

it("tells a shape that a constant says", () => {
  expect(op("Reshape", ["x", constant("shape", [3, -1])])).toEqual([{ dataType: float32, shape: [3, 2] }]);
});

it("takes lists of inputs, and each of several results", () => {
  constant("axis_vector", [0]);
  inference.add({ name: "axis", op: "Squeeze", input: ["axis_vector"], attr: {} });
  expect(op("ConcatV2", ["x", "y", "axis"], { N: { i: 2 } })).toEqual([{ dataType: float32, shape: [6, 3] }]);
  const parts = op("Split", ["axis", "x"], { num_split: { i: 2 } });
  expect(parts).toEqual([1, 1].map(() => ({ dataType: float32, shape: [1, 3] })));
  expect(op("AddN", ["Split_here", "Split_here:1"], { N: { i: 2 } })).toEqual([
    { dataType: float32, shape: [1, 3] },
  ]);
});

it("ignores what an op only waits for", () => {
  expect(op("Neg", ["x", "^of_another_graph"])).toEqual([{ dataType: float32, shape: [2, 3] }]);
});

it("leaves open what depends on values", () => {
  inference.add({
    name: "mask",
    op: "Cast",
    input: ["x"],
    attr: { SrcT: { type: float32 }, DstT: { type: DATA_TYPE.bool } },
  });
  expect(op("Where", ["mask"], { T: { type: DATA_TYPE.bool } })).toEqual([{ dataType: 9, shape: undefined }]);
});

it("says in TensorFlow's words what does not go together", () => {
  expect(() => op("MatMul", ["x", "y"])).toThrow(
    expect.objectContaining({
      code: "COMPUTE_FAILED",
      message: expect.stringMatching(
        /^TensorFlow: Dimensions must be equal, but are 3 and 4 for .*MatMul/,
      ) as string,
    }),
  );
});
