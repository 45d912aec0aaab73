import { ELEMENT_BYTES } from "../compile/data-types.ts";
import type { RecordedValue } from "../compile/record.ts";
import { sizeOf } from "../shapes/shape.ts";

/** Bytes of a tensor. */
export const bytesOf = (value: RecordedValue): number =>
  sizeOf(value.shape) * (ELEMENT_BYTES[value.dtype] ?? 4);

/** Ops that return the memory of their input, or own memory from the start. */
const TOUCHES_NOTHING = new Set(["Const", "ExpandDims", "Identity", "Reshape", "Squeeze", "StopGradient"]);

/** Ops that read only the part of their first input that they return. */
const READS_A_PART = new Set(["Gather", "GatherNd", "GatherV2", "Slice", "StridedSlice"]);

/** Bytes that an op reads and writes without caches: all inputs and all outputs, once. */
export function bytesMoved(
  op: string,
  inputs: readonly RecordedValue[],
  outputs: readonly RecordedValue[],
): number {
  const sameType = op === "Cast" && inputs[0]!.dtype === outputs[0]!.dtype;
  if (sameType || TOUCHES_NOTHING.has(op)) return 0;
  const written = sum(outputs.map(bytesOf));
  const [first, ...rest] = inputs.map(bytesOf);
  if (first === undefined) return written;
  return (READS_A_PART.has(op) ? Math.min(first, written) : first) + sum(rest) + written;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
