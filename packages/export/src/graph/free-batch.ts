import { DATA_TYPE, type NodeMessage, type Recording } from "@tssl/engine";

import * as messages from "../messages.ts";

/** A recording that holds for any size of a batch. */
export interface FreeRecording {
  /** In the constants that are shapes, -1 stands for N. */
  readonly nodes: readonly NodeMessage[];
  /** -1 is N. */
  readonly shapes: ReadonlyMap<string, readonly (readonly number[])[]>;
  /** The edge of the only output. */
  readonly output: string;
}

/**
 * Makes one recording of two that differ in the size of the batch alone. A recording has fixed shapes; where
 * the two differ, it is the batch.
 *
 * @param batches the sizes of both.
 * @throws {TsslError} EXPORT where they differ in something else, such as a constant for each image.
 */
export function freeBatch(
  [one, other]: readonly Recording[],
  batches: readonly [number, number],
): FreeRecording {
  const names = (recording: Recording) => recording.nodes.map(({ name, op }) => `${op} ${name}`).join("\n");
  if (names(one!) !== names(other!)) throw messages.batchChangesGraph();
  const nodes = one!.nodes.map((node, i) => freeNode(node, other!.nodes[i]!, batches));
  const shapes = [...one!.produced].map(([name, values]) => {
    const others = other!.produced.get(name)!;
    return [name, values.map(({ shape }, i) => freeDims(shape, others[i]!.shape))] as const;
  });
  return { nodes, shapes: new Map(shapes), output: one!.outputs[0]!.edge };
}

/**
 * A dimension that depends on the batch, also that of N times something, is found out when the graph is run.
 */
const freeDims = (dims: readonly number[], others: readonly number[]): readonly number[] =>
  dims.map((dim, i) => (dim === others[i] ? dim : -1));

function freeNode(
  node: NodeMessage,
  other: NodeMessage,
  [first, second]: readonly [number, number],
): NodeMessage {
  const { tensor } = node.attr["value"] ?? {};
  if (node.op !== "Const" || tensor === undefined) return node;
  const content = tensor.tensor_content;
  const twin = other.attr["value"]!.tensor!.tensor_content;
  if (Buffer.compare(content, twin) === 0) return node;
  const [dims, others] = [content, twin].map(int32s);
  const isShape = tensor.dtype === DATA_TYPE.int32 && dims!.length === others!.length;
  const differing = isShape ? [...dims!.keys()].filter((i) => dims![i] !== others![i]) : [];
  const isBatch =
    differing.length === 1 && dims![differing[0]!]! * second === others![differing[0]!]! * first;
  if (!isBatch) throw messages.batchInConstant(node.name);
  const free = Int32Array.from(freeDims([...dims!], [...others!]));
  const value = { tensor: { ...tensor, tensor_content: new Uint8Array(free.buffer) } };
  return { ...node, attr: { ...node.attr, value } };
}

const int32s = (bytes: Uint8Array): Int32Array => new Int32Array(new Uint8Array(bytes).buffer);
