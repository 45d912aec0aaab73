import { edgeName } from "../compile/edge.ts";
import type { Recording } from "../compile/record.ts";
import { bytesOf } from "./bytes-moved.ts";

/** Ops whose result uses the memory of their first input. */
const VIEW = new Set(["ExpandDims", "Identity", "Reshape", "Squeeze"]);

/** Ops that can overwrite an input of the same size that no other op needs. */
const IN_PLACE = new Set([
  ...["Add", "AddN", "AddV2", "Exp", "Log", "Maximum", "Minimum", "Mul", "Neg", "RealDiv", "Relu"],
  ...["ReluGrad", "Rsqrt", "Select", "SelectV2", "Sqrt", "Square", "Sub"],
]);

/** Memory of one result, or of several that share it. */
interface Buffer {
  readonly bytes: number;
  /** The last op that reads any of them. */
  lastRead: number;
}

/**
 * Peak size of the intermediate results of a step, in bytes. A result needs memory from its op until the last
 * op that reads it.
 *
 * Ops run in the recorded order, one at a time. TensorFlow runs several ops at once, and kernels use scratch
 * memory, so a real step needs somewhat more. State, constants and inputs are not counted.
 */
export function intermediatesPeak({ nodes, outputs, assigned, produced }: Recording): number {
  const lastReads = new Map<string, number>();
  nodes.forEach(({ input }, place) => input.forEach((edge) => lastReads.set(edge, place)));
  for (const edge of [...outputs.map((output) => output.edge), ...assigned.values()]) {
    lastReads.set(edge, nodes.length);
  }

  const buffers = new Map<string, Buffer>();
  /** Buffers by the op that was their last reader when they were added. */
  const ending = new Map<number, Buffer[]>();
  let [bytes, peak] = [0, 0];
  const keepUntil = (buffer: Buffer, place: number): void => {
    buffer.lastRead = place;
    ending.set(place, [...(ending.get(place) ?? []), buffer]);
  };
  nodes.forEach(({ name, op, input }, place) => {
    if (op === "Const") return;
    produced.get(name)?.forEach((value, i) => {
      const edge = edgeName(name, i);
      const size = bytesOf(value);
      const taken = i > 0 ? undefined : bufferTaken(op, input, size, place);
      const buffer = taken ?? { bytes: size, lastRead: place };
      if (taken === undefined) bytes += size;
      buffers.set(edge, buffer);
      keepUntil(buffer, Math.max(buffer.lastRead, lastReads.get(edge) ?? place));
    });
    peak = Math.max(peak, bytes);
    const ended = new Set(ending.get(place)?.filter(({ lastRead }) => lastRead === place));
    for (const buffer of ended) bytes -= buffer.bytes;
    ending.delete(place);
  });
  return peak;

  function bufferTaken(
    op: string,
    input: readonly string[],
    size: number,
    place: number,
  ): Buffer | undefined {
    if (VIEW.has(op)) return buffers.get(input[0]!);
    if (!IN_PLACE.has(op)) return undefined;
    return input
      .map((edge) => buffers.get(edge))
      .find((buffer) => buffer !== undefined && buffer.bytes === size && buffer.lastRead === place);
  }
}
