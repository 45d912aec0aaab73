import { piecesOf } from "../shapes/strided-slice.ts";
import type { Lowering } from "./lowering.ts";

/** x[begin:end:stride]: elements are taken of each axis, then axes come and go. */
export const stridedSlice: Lowering = ({ emit, value, fixed, attr, to }) => {
  const x = value(0);
  const [begin, end, strides] = [fixed(1), fixed(2), fixed(3)];
  const mask = (name: string): number => attr[`${name}_mask`]?.i ?? 0;
  const kept = piecesOf(x.shape, { begin, end, strides, mask }).flatMap((piece) => {
    if (piece.kind === "newAxis") return [];
    return piece.kind === "range" ? [piece] : [{ begin: piece.at, end: piece.at + 1, stride: 1 }];
  });

  // A slice backwards is a slice of the reversed axis.
  const backwards = kept.flatMap(({ stride }, axis) => (stride < 0 ? [axis] : []));
  const forwards = kept.map(({ begin, end, stride }, axis) => {
    if (stride > 0) return { begin, end, stride };
    const last = x.shape[axis]! - 1;
    return { begin: last - begin, end: last - end, stride: -stride };
  });
  const sliced = emit.slice(
    emit.reverse(x, backwards),
    forwards.map(({ begin }) => begin),
    forwards.map(({ begin, end }) => Math.max(begin, end)),
    forwards.map(({ stride }) => stride),
  );
  return emit.reshape(sliced, to.shape);
};
