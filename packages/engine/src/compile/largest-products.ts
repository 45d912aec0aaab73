import { constantElements } from "./constant-attributes.ts";
import { DATA_TYPE } from "./data-types.ts";
import { isOrder } from "./edge.ts";
import { type EdgeReaders, edgeReaders } from "./edge-readers.ts";
import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";

/** The op of native/largest_products_ops.cc; it is registered if the processor has the instructions for it. */
export const LARGEST_PRODUCTS_OP = "TsslLargestProducts";

/**
 * Finds the two largest products of each row while they are computed, where they are all that is kept of a
 * product of matrices. No product is written to memory.
 *
 *     topk(matMul(a, b^T), 2)        topk(matMul(gather(a, places), b^T), 2)
 *
 * float32 only. Of equal products the lower place comes first, as in TensorFlow. Sums are taken in another
 * order than by TensorFlow. Minus infinity and what is not a number are never among the largest; where a row
 * has fewer than two others, minus infinity at place 0 stands for them.
 */
export function withLargestProducts(recording: Recording): Recording {
  const readers = edgeReaders(recording);
  const nodes = new Map(recording.nodes.map((node) => [node.name, node]));
  const inPlaceOf = new Map<string, NodeMessage>();
  const gone = new Set<NodeMessage>();

  for (const node of recording.nodes) {
    if (!isOfTwoLargest(node, nodes)) continue;
    const products = nodes.get(node.input[0]!);
    if (products === undefined || !isProductOfRows(products, recording)) continue;
    if (readers.sole(products) !== node) continue;
    const gather = gatherBefore(products, { recording, readers, nodes });
    const [a, b] = products.input as [string, string];
    const input = gather === undefined ? [a, b] : [gather.input[0]!, b, gather.input[1]!];
    const computed = [products, ...(gather === undefined ? [] : [gather])];
    const order = [...computed, node].flatMap((each) => each.input.filter(isOrder));
    inPlaceOf.set(node.name, {
      name: node.name,
      op: LARGEST_PRODUCTS_OP,
      input: [...input, ...new Set(order)],
      attr: { gathered: { i: input.length - 2 } },
    });
    for (const each of computed) gone.add(each);
  }
  return {
    ...recording,
    nodes: recording.nodes.filter((node) => !gone.has(node)).map((node) => inPlaceOf.get(node.name) ?? node),
  };
}

type Nodes = ReadonlyMap<string, NodeMessage>;

function isOfTwoLargest({ op, input, attr }: NodeMessage, nodes: Nodes): boolean {
  return (
    op === "TopKV2" &&
    attr["T"]?.type === DATA_TYPE.float32 &&
    (attr["index_type"]?.type ?? DATA_TYPE.int32) === DATA_TYPE.int32 &&
    isConstant(nodes.get(input[1]!), 2)
  );
}

/** Whether a node multiplies a matrix with another one, which is transposed. */
function isProductOfRows({ op, input, attr }: NodeMessage, recording: Recording): boolean {
  return (
    op === "BatchMatMulV2" &&
    attr["T"]?.type === DATA_TYPE.float32 &&
    attr["adj_x"]?.b !== true &&
    attr["adj_y"]?.b === true &&
    input.slice(0, 2).every((edge) => recordedValue(recording, edge).shape.length === 2)
  );
}

/** The node that gathers the rows of a product's first matrix for it alone, if there is one. */
function gatherBefore(
  products: NodeMessage,
  {
    recording,
    readers,
    nodes,
  }: { readonly recording: Recording; readonly readers: EdgeReaders; readonly nodes: Nodes },
): NodeMessage | undefined {
  const gather = nodes.get(products.input[0]!);
  if (gather?.op !== "GatherV2" || readers.sole(gather) !== products) return undefined;
  const { input, attr } = gather;
  const [from, places, axis] = input as [string, string, string];
  const { dtype, shape } = recordedValue(recording, places);
  const isOfRows =
    dtype === "int32" &&
    shape.length === 1 &&
    recordedValue(recording, from).shape.length === 2 &&
    (attr["batch_dims"]?.i ?? 0) === 0 &&
    isConstant(nodes.get(axis), 0);
  return isOfRows ? gather : undefined;
}

const isConstant = (node: NodeMessage | undefined, number: number): boolean =>
  node?.op === "Const" && constantElements(node.attr)?.[0] === number;
