import { endOf } from "../compile/edge.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import { sizeOf } from "../shapes/shape.ts";
import { range } from "./range.ts";

/** Reads the elements of a constant's bytes, by the recording's name of the type. */
export function elementsOf(content: Uint8Array, dtype: string): readonly number[] {
  const { buffer } = content.slice();
  if (dtype === "float32") return Array.from(new Float32Array(buffer));
  if (dtype === "int32") return Array.from(new Int32Array(buffer));
  if (content.length % 8 === 0 && dtype.startsWith("type"))
    return Array.from(new BigInt64Array(buffer), Number);
  return Array.from(new Uint8Array(buffer));
}

/** Ops that leave the elements of a constant as they are. */
const SAME_ELEMENTS: ReadonlySet<string> = new Set(["ExpandDims", "Identity", "Reshape", "Squeeze"]);

/**
 * Tells the numbers of edges that do not depend on the step's inputs or state: constants, and what tfjs makes
 * of them on its way to a shape or an axis.
 *
 * @param typeOf the recorded type of an edge.
 * @returns undefined for an edge that depends on values.
 */
export function knownNumbers(
  nodes: readonly NodeMessage[],
  typeOf: (edge: string) => { readonly dtype: string; readonly shape: readonly number[] },
): (edge: string) => readonly number[] | undefined {
  const byName = new Map(nodes.map((node) => [node.name, node]));

  const numbersOf = (edge: string): readonly number[] | undefined => {
    const node = byName.get(endOf(edge).node);
    if (node === undefined) return undefined;
    const { op, input, attr } = node;
    if (op === "Const") return elementsOf(attr["value"]!.tensor!.tensor_content, typeOf(edge).dtype);
    if (SAME_ELEMENTS.has(op)) return numbersOf(input[0]!);
    if (op === "Fill") {
      const value = numbersOf(input[1]!)?.[0];
      return value === undefined ? undefined : range(sizeOf(typeOf(edge).shape)).map(() => value);
    }
    if (op === "Range") {
      const [start, step] = [numbersOf(input[0]!)?.[0], numbersOf(input[2]!)?.[0]];
      if (start === undefined || step === undefined) return undefined;
      return range(sizeOf(typeOf(edge).shape)).map((i) => start + i * step);
    }
    if (op === "Pack" && typeOf(edge).shape.length === 1) {
      const each = input.map((part) => numbersOf(part)?.[0]);
      return each.includes(undefined) ? undefined : (each as number[]);
    }
    return undefined;
  };
  return numbersOf;
}
