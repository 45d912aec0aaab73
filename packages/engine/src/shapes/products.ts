import { broadcast, ranked, rankedAtLeast, requireEqual } from "./dimensions.ts";
import { einsumShape } from "./einsum.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import type { Shape } from "./shape.ts";

/** Rows and columns of a matrix, the last two axes. */
function matrix(shape: Shape, isTransposed: boolean): readonly [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
}

function product(call: OpCall, a: Shape, b: Shape, transposed: readonly [boolean, boolean]): Shape {
  const [rows, inner] = matrix(a, transposed[0]);
  const [other, columns] = matrix(b, transposed[1]);
  requireEqual(call, inner, other);
  return [rows, columns];
}

const matMul: ShapeRule = (call) => [
  product(call, ranked(call, 0, 2), ranked(call, 1, 2), [call.bool("transpose_a"), call.bool("transpose_b")]),
];

const batchMatMul: ShapeRule = (call) => {
  const [a, b] = [rankedAtLeast(call, 0, 2), rankedAtLeast(call, 1, 2)];
  const inner = product(call, a, b, [call.bool("adj_x"), call.bool("adj_y")]);
  return [[...broadcast(call, a.slice(0, -2), b.slice(0, -2)), ...inner]];
};

const GRADIENTS = (of: readonly string[]) => of.map((side) => `grad_${side}:bool=false`).join(" ");

/** Matrix products. */
export const PRODUCTS: OpTable = {
  ...ops(
    "MatMul",
    `T:number, T -> T; transpose_a:bool=false transpose_b:bool=false ${GRADIENTS(["a", "b"])}`,
    matMul,
  ),
  ...ops(
    "BatchMatMulV2",
    `T:number, T -> T; adj_x:bool=false adj_y:bool=false ${GRADIENTS(["x", "y"])}`,
    batchMatMul,
  ),
  ...ops("Einsum", "N*T -> T; equation:text", (call) => [einsumShape(call)]),
};
