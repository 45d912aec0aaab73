import { range } from "../range.ts";
import { jointShape } from "../shapes/shape.ts";
import { namesOf, typesOf } from "./emitter.ts";
import { list, typeText } from "./literals.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

/**
 * Products of matrices, the last two axes; the axes before are broadcast together. Without "HIGHEST" on each
 * op a GPU may multiply in TensorFloat-32, with 10 bits of mantissa.
 */
const product =
  (transposeA: string, transposeB: string): Lowering =>
  ({ emit, value, attr, to, precision }) => {
    const [a, b] = [value(0), value(1)];
    const batch = jointShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    // One matrix for all of a batch is the same as no batch at all on its side.
    const isShared = batch.length > 0 && b.shape.slice(0, -2).every((n) => n === 1) && !attr[transposeA]?.b;
    const [left, right] = isShared
      ? [emit.broadcast(a, [...batch, ...a.shape.slice(-2)]), emit.reshape(b, b.shape.slice(-2))]
      : [a, b].map((each) => emit.broadcast(each, [...batch, ...each.shape.slice(-2)]));
    const [rank, rightRank] = [left!.shape.length, right!.shape.length];
    const summed = [rank - (attr[transposeA]?.b ? 2 : 1), rightRank - (attr[transposeB]?.b ? 1 : 2)];
    const axes = list(range(batch.length));
    const batching = isShared || batch.length === 0 ? "" : `batching_dims = ${axes} x ${axes}, `;
    const of = [left!, right!];
    return emit.put(
      `stablehlo.dot_general ${namesOf(of)}, ` +
        `${batching}contracting_dims = [${summed[0]}] x [${summed[1]}], ` +
        `precision = [${precision}, ${precision}] : (${typesOf(of)}) -> ${typeText(to)}`,
      to,
    );
  };

export const matrices: Lowerings = {
  MatMul: product("transpose_a", "transpose_b"),
  BatchMatMul: product("adj_x", "adj_y"),
  BatchMatMulV2: product("adj_x", "adj_y"),
};
