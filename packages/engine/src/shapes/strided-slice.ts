import { requireEqual } from "./dimensions.ts";
import type { OpCall } from "./op-call.ts";
import { fromZero, type Shape } from "./shape.ts";

/**
 * Masks of a strided slice. Bit i is about place i: of "begin" and "end" it means from the start and to the
 * end, of "ellipsis" all axes that no place names, of "new_axis" a new axis of length 1, of "shrink_axis" one
 * element without its axis.
 */
export const SLICE_MASKS = ["begin", "end", "ellipsis", "new_axis", "shrink_axis"] as const;

/** `x[begin:end:stride, …]`, as TensorFlow says it. */
export interface StridedSlice {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
  mask(name: (typeof SLICE_MASKS)[number]): number;
}

/** A new axis, or what is taken of an axis of the input: one element, or those from `begin` to `end`. */
export type Piece =
  | { readonly kind: "newAxis" }
  | { readonly kind: "element"; readonly axis: number; readonly at: number; readonly place: number }
  | {
      readonly kind: "range";
      readonly axis: number;
      readonly begin: number;
      /** With a negative stride, -1 is before the first element. */
      readonly end: number;
      readonly stride: number;
    };

/** The shape of a strided slice, by Python's rules. */
export function stridedShape(call: OpCall, shape: Shape, slice: StridedSlice): Shape {
  requireSound(call, shape, slice);
  return piecesOf(shape, slice).flatMap((piece) => {
    if (piece.kind === "newAxis") return [1];
    if (piece.kind === "range") return [Math.max(0, Math.ceil((piece.end - piece.begin) / piece.stride))];
    const { axis, at, place } = piece;
    if (at < 0 || at >= shape[axis]!) {
      throw call.misfit(`slice index ${slice.begin[place]} of dimension ${axis} out of bounds.`);
    }
    if (slice.strides[place]! < 0) throw call.misfit("only stride 1 allowed on non-range indexing.");
    return [];
  });
}

function requireSound(call: OpCall, shape: Shape, slice: StridedSlice): void {
  const { begin, end, strides } = slice;
  requireEqual(call, begin.length, end.length);
  requireEqual(call, begin.length, strides.length);
  const ellipses = slice.mask("ellipsis");
  if ((ellipses & (ellipses - 1)) !== 0) throw call.misfit("Multiple ellipses in slice spec not allowed");
  const named = namedPlaces(slice);
  if (named.length > shape.length) {
    throw call.misfit(
      `Index out of range using input dim ${shape.length}; input has only ${shape.length} dims`,
    );
  }
  const still = named.find((place) => strides[place] === 0);
  if (still !== undefined) throw call.misfit(`strides[${still}] must be non-zero`);
}

/** Whether a mask has the bit of a place. */
const has = (mask: number, place: number): boolean => ((mask >> place) & 1) === 1;

/** The places that are about an axis of the input, each about one. */
const namedPlaces = ({ begin, mask }: StridedSlice): number[] =>
  Array.from(begin.keys()).filter((place) => !has(mask("ellipsis") | mask("new_axis"), place));

/** What a strided slice takes, axis by axis, with the ellipsis written out. The slice must be sound. */
export function piecesOf(shape: Shape, slice: StridedSlice): readonly Piece[] {
  const unnamed = shape.length - namedPlaces(slice).length;
  const pieces: Piece[] = [];
  let axis = 0;
  const takeWhole = (count: number): void => {
    for (const end = axis + count; axis < end; axis++) {
      pieces.push({ kind: "range", axis, begin: 0, end: shape[axis]!, stride: 1 });
    }
  };
  for (const place of slice.begin.keys()) {
    if (has(slice.mask("ellipsis"), place)) takeWhole(unnamed);
    else if (has(slice.mask("new_axis"), place)) pieces.push({ kind: "newAxis" });
    else pieces.push(pieceAt(place, slice, axis, shape[axis++]!));
  }
  takeWhole(shape.length - axis);
  return pieces;
}

function pieceAt(place: number, slice: StridedSlice, axis: number, length: number): Piece {
  const [begin, end, stride] = [slice.begin[place]!, slice.end[place]!, slice.strides[place]!];
  if (has(slice.mask("shrink_axis"), place)) {
    return { kind: "element", axis, at: fromZero(begin, length), place };
  }
  // The last place before the first element, and the first after the last, in the slice's direction.
  const [lowest, highest] = stride > 0 ? [0, length] : [-1, length - 1];
  const [first, last] = stride > 0 ? [lowest, highest] : [highest, lowest];
  const within = (at: number) => Math.min(highest, Math.max(lowest, fromZero(at, length)));
  return {
    kind: "range",
    axis,
    begin: has(slice.mask("begin"), place) ? first : within(begin),
    end: has(slice.mask("end"), place) ? last : within(end),
    stride,
  };
}
