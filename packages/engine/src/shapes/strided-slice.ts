import { requireEqual } from "./dimensions.ts";
import type { OpCall } from "./op-call.ts";
import type { Shape } from "./shape.ts";

interface Bounds {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
}

/** One place of the slice's specification, and the axis of the input that it is about. */
interface Place {
  readonly kind: "range" | "newAxis" | "index";
  readonly axis: number;
  readonly begin: number | undefined;
  readonly end: number | undefined;
  readonly stride: number;
}

/** The shape of `x[begin:end:stride, …]`, with Python's rules, as its five masks say. */
export function stridedShape(call: OpCall, shape: Shape, bounds: Bounds): Shape {
  requireEqual(call, bounds.begin.length, bounds.end.length);
  requireEqual(call, bounds.begin.length, bounds.strides.length);
  return placesOf(call, shape, bounds).flatMap((place) => {
    if (place.kind === "newAxis") return [1];
    const length = shape[place.axis]!;
    if (place.kind === "range") return [rangeLength(place, length)];
    const index = place.begin! < 0 ? place.begin! + length : place.begin!;
    if (index < 0 || index >= length) {
      throw call.misfit(`slice index ${place.begin} of dimension ${place.axis} out of bounds.`);
    }
    if (place.stride < 0) throw call.misfit("only stride 1 allowed on non-range indexing.");
    return [];
  });
}

/** The specification with the ellipsis written out, one place for each axis and each new axis. */
function placesOf(call: OpCall, shape: Shape, { begin, end, strides }: Bounds): readonly Place[] {
  const masks = ["begin", "end", "ellipsis", "new_axis", "shrink_axis"].map((name) =>
    call.int(`${name}_mask`),
  );
  const [noBegin, noEnd, ellipsis, newAxis, index] = masks.map(
    (mask) => (i: number) => (mask & (1 << i)) !== 0,
  );
  if ((masks[2]! & (masks[2]! - 1)) !== 0) {
    throw call.misfit("Multiple ellipses in slice spec not allowed");
  }
  const places = begin.map((_, i) => i);
  const own = places.filter((i) => !ellipsis!(i) && !newAxis!(i)).length;
  if (own > shape.length) {
    throw call.misfit(
      `Index out of range using input dim ${shape.length}; input has only ${shape.length} dims`,
    );
  }
  const whole = (axis: number): Place => ({
    kind: "range",
    axis,
    begin: undefined,
    end: undefined,
    stride: 1,
  });
  const wholes = (from: number, count: number) => Array.from({ length: count }, (_, i) => whole(from + i));
  const found: Place[] = [];
  let axis = 0;
  for (const i of places) {
    if (ellipsis!(i)) {
      found.push(...wholes(axis, shape.length - own));
      axis += shape.length - own;
    } else if (newAxis!(i)) {
      found.push({ kind: "newAxis", axis, begin: undefined, end: undefined, stride: 1 });
    } else {
      if (strides[i] === 0) throw call.misfit(`strides[${i}] must be non-zero`);
      found.push({
        kind: index!(i) ? "index" : "range",
        axis: axis++,
        begin: noBegin!(i) && !index!(i) ? undefined : begin[i]!,
        end: noEnd!(i) ? undefined : end[i]!,
        stride: strides[i]!,
      });
    }
  }
  return [...found, ...wholes(axis, shape.length - axis)];
}

function rangeLength({ begin, end, stride }: Place, length: number): number {
  const [lowest, highest] = stride > 0 ? [0, length] : [-1, length - 1];
  const within = (place: number) => Math.min(highest, Math.max(lowest, place < 0 ? place + length : place));
  const [first, last] = stride > 0 ? [lowest, highest] : [highest, lowest];
  const from = begin === undefined ? first : within(begin);
  const to = end === undefined ? last : within(end);
  return Math.max(0, Math.ceil((to - from) / stride));
}
