import { constantElements } from "../compile/constant-attributes.ts";
import { DATA_TYPE, INT64 } from "../compile/data-types.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** The elements of a tensor that are known before a step runs, row by row; undefined where they are not. */
export type KnownNumbers = () => readonly number[] | undefined;

/** The most elements that are followed: shapes and axes are short. */
const MOST = 1024;

/** What a node passes on of numbers that are known. */
export interface NumbersOf {
  readonly node: NodeMessage;
  readonly inputs: readonly KnownNumbers[];
  readonly inputShapes: readonly Shape[];
  /** Of its first result. */
  readonly shape: Shape;
}

/** The numbers of a node's first result, as far as they follow from constants and shapes. */
export function knownNumbers({ node, inputs, inputShapes, shape }: NumbersOf): KnownNumbers {
  if (sizeOf(shape) > MOST) return () => undefined;
  switch (node.op) {
    case "Const":
      return () => constantElements(node.attr);
    case "Reshape":
    case "ExpandDims":
    case "Squeeze":
    case "Identity":
    case "StopGradient":
      return inputs[0]!;
    case "Shape":
      return () => inputShapes[0]!;
    case "Size":
      return () => [sizeOf(inputShapes[0]!)];
    case "Rank":
      return () => [inputShapes[0]!.length];
    case "Cast":
      return isWhole(node.attr["DstT"]?.type) ? () => inputs[0]!()?.map(Math.trunc) : inputs[0]!;
    case "Fill":
      return () => {
        const value = inputs[1]!();
        return value === undefined ? undefined : Array.from({ length: sizeOf(shape) }, () => value[0]!);
      };
    case "Range":
      return () => {
        const [start, , delta] = inputs.map((numbers) => numbers()?.[0]);
        if (start === undefined || delta === undefined) return undefined;
        return Array.from({ length: sizeOf(shape) }, (_, i) => start + i * delta);
      };
    case "Pack":
      return shape.length === 1 ? () => joined(inputs) : () => undefined;
    case "ConcatV2":
      return shape.length === 1 ? () => joined(inputs.slice(0, -1)) : () => undefined;
    default:
      return () => undefined;
  }
}

function joined(parts: readonly KnownNumbers[]): readonly number[] | undefined {
  const numbers = parts.map((part) => part());
  return numbers.includes(undefined) ? undefined : numbers.flatMap((part) => part!);
}

const isWhole = (type: number | undefined) => type === DATA_TYPE.int32 || type === INT64;
