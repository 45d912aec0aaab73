import { DATA_TYPE, type NodeMessage } from "@tssl/engine";

import type { EncoderGraph } from "../graph/encoder-graph.ts";
import { nodeOf, onlyUsers, outputOf } from "../graph/walk.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/**
 * A value of TensorFlow's graph in ONNX's. TensorFlow's images are `[N, H, W, C]` and ONNX's `[N, C, H, W]`:
 * a value with `channelsFirst` is the latter, any other has TensorFlow's order of axes.
 */
export interface Value {
  readonly name: string;
  readonly channelsFirst: boolean;
  /** The node whose bias a convolution has taken inside. */
  readonly biasOf?: string;
}

/** A constant or parameter of TensorFlow's graph, whose numbers are known. */
export interface Known {
  /** Of a parameter its name, of a constant that of its node. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** What the translation of an op works with. */
export interface Translation {
  readonly graph: GraphBuilder;
  /** The numbers of an edge; undefined of one that is computed. */
  known(edge: string): Known | undefined;
  /** The value of an edge, in the order of axes in which it was made. */
  value(edge: string): Value;
  /** The name of a value in TensorFlow's order of axes. */
  plain(edge: string): string;
  /** The name of an image value in ONNX's order. */
  channelsFirst(edge: string): string;
  /** The shape of an edge in TensorFlow's order; -1 is N. */
  shape(edge: string): readonly number[];
  onlyUser(edge: string): NodeMessage | undefined;
}

/** @param values of the edges that are translated; filled by the caller. */
export function createTranslation(
  encoder: EncoderGraph,
  graph: GraphBuilder,
  values: ReadonlyMap<string, Value>,
): Translation {
  const nodes = new Map(encoder.nodes.map((node) => [node.name, node]));

  const known = (edge: string): Known | undefined => {
    const parameter = encoder.parameters.get(edge);
    if (parameter !== undefined) return parameter;
    const node = nodes.get(edge);
    if (node?.op === "Fill") return filled(node);
    if (node?.op === "Reshape") return reshaped(node);
    const tensor = node?.op === "Const" ? node.attr["value"]!.tensor! : undefined;
    if (tensor === undefined) return undefined;
    const bytes = new Uint8Array(tensor.tensor_content).buffer;
    const numbers = tensor.dtype === DATA_TYPE.float32 ? new Float32Array(bytes) : new Int32Array(bytes);
    return { name: edge, shape: tensor.tensor_shape.dim.map(({ size }) => size), values: numbers };
  };
  /** Of what is known, in another shape: a filter that is kept in another one than its op takes. */
  const reshaped = ({ input }: NodeMessage): Known | undefined => {
    const [of, shape] = input.map(known);
    return of === undefined || shape === undefined ? undefined : { ...of, shape: [...shape.values] };
  };
  const filled = ({ name, input }: NodeMessage): Known | undefined => {
    const [shape, value] = input.map(known);
    if (shape === undefined || value === undefined || shape.values.includes(-1)) return undefined;
    const size = [...shape.values].reduce((product, side) => product * side, 1);
    return { name, shape: [...shape.values], values: new Float32Array(size).fill(value.values[0]!) };
  };

  const value = (edge: string): Value => {
    const made = values.get(edge);
    if (made !== undefined) return made;
    const { name, shape, values: numbers } = known(edge)!;
    return { name: graph.floats(name, shape, Float32Array.from(numbers)), channelsFirst: false };
  };
  const reordered = ({ name }: Value, perm: readonly number[]) => graph.node("Transpose", [name], { perm });
  return {
    graph,
    known,
    value,
    plain: (edge) => (value(edge).channelsFirst ? reordered(value(edge), [0, 2, 3, 1]) : value(edge).name),
    channelsFirst: (edge) =>
      value(edge).channelsFirst ? value(edge).name : reordered(value(edge), [0, 3, 1, 2]),
    shape: (edge) =>
      encoder.shapes.get(nodeOf(edge))?.[outputOf(edge)] ?? encoder.parameters.get(edge)!.shape,
    onlyUser: onlyUsers(encoder.nodes, encoder.output),
  };
}
