import type { Lowering } from "./lowering.ts";

/** What one axis of the operand keeps. */
interface Kept {
  readonly begin: number;
  readonly end: number;
  readonly stride: number;
}

/**
 * x[begin:end:stride], by TensorFlow's masks: bit i of `begin_mask` and `end_mask` means from the start and to
 * the end, of `ellipsis_mask` all axes that are not named, of `new_axis_mask` a new axis of length 1, of
 * `shrink_axis_mask` one element without its axis.
 */
export const stridedSlice: Lowering = ({ emit, value, fixed, attr, to }) => {
  const x = value(0);
  const [begins, ends, strides] = [fixed(1), fixed(2), fixed(3)];
  const has = (mask: string, i: number): boolean => (((attr[mask]?.i ?? 0) >> i) & 1) === 1;
  const newAxes = begins.filter((_, i) => has("new_axis_mask", i) && !has("ellipsis_mask", i)).length;
  const hasEllipsis = begins.some((_, i) => has("ellipsis_mask", i));
  const unnamed = x.shape.length - (begins.length - newAxes - (hasEllipsis ? 1 : 0));

  const kept: Kept[] = [];
  const keepAll = (count: number) => {
    for (let i = 0; i < count; i++) kept.push({ begin: 0, end: x.shape[kept.length]!, stride: 1 });
  };
  for (const [i, given] of begins.entries()) {
    if (has("ellipsis_mask", i)) {
      keepAll(unnamed);
      continue;
    }
    if (has("new_axis_mask", i)) continue;
    const length = x.shape[kept.length]!;
    const from = given < 0 ? given + length : given;
    if (has("shrink_axis_mask", i)) {
      kept.push({ begin: from, end: from + 1, stride: 1 });
      continue;
    }
    const stride = strides[i]!;
    // The last place before the first element, and the first after the last, in the slice's direction.
    const [lowest, highest] = stride > 0 ? [0, length] : [-1, length - 1];
    const limited = (place: number) =>
      Math.min(Math.max(place < 0 ? place + length : place, lowest), highest);
    const begin = has("begin_mask", i) ? (stride > 0 ? 0 : length - 1) : limited(given);
    const end = has("end_mask", i) ? (stride > 0 ? length : -1) : limited(ends[i]!);
    kept.push({ begin, end, stride });
  }
  keepAll(x.shape.length - kept.length);

  // A slice backwards is a slice of the reversed axis.
  const backwards = kept.flatMap(({ stride }, axis) => (stride < 0 ? [axis] : []));
  const forwards = kept.map(({ begin, end, stride }, axis): Kept => {
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
