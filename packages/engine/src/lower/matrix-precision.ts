import { endOf, statePlace, valueEdges } from "../compile/edge.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import type { Recording } from "../compile/record.ts";

const PRODUCTS: ReadonlySet<string> = new Set(["MatMul", "BatchMatMul", "BatchMatMulV2"]);

/** Ops that turn an error of their argument into a factor: losses, and what they are made of. */
const EXPONENTIALS: ReadonlySet<string> = new Set([
  "Exp",
  "Log",
  "LogSoftmax",
  "Softmax",
  "SoftmaxCrossEntropyWithLogits",
  "SparseSoftmaxCrossEntropyWithLogits",
]);

/** Ops that an error passes through as it is, or scaled. */
const PASSING: ReadonlySet<string> = new Set([
  ...["Add", "AddN", "AddV2", "BiasAdd", "Cast", "ConcatV2", "Div", "ExpandDims", "GatherV2", "Identity"],
  ...["Max", "Maximum", "Minimum", "Mul", "Neg", "Pack", "RealDiv", "Reshape", "Select", "SelectV2", "Slice"],
  ...["SplitV", "Squeeze", "StridedSlice", "Sub", "Transpose"],
]);

/** Ops behind which a weight is still the weight. */
const WEIGHT_AS_IT_IS: ReadonlySet<string> = new Set([
  "Cast",
  "ExpandDims",
  "Identity",
  "Reshape",
  "Transpose",
]);

/**
 * The products that must have all bits of float32, by their place in the step: those that a loss takes the
 * exponential of (logits), those of two computed values (similarities, covariances, attention), and the
 * gradients of both. An error of TensorFloat-32, 1e-3, would stand in the loss itself there; in a layer of
 * the network it is noise among many.
 *
 * Convolutions, and products with a weight in the network, are not among them.
 */
export function preciseProducts({ nodes, gradientOf }: Recording): ReadonlySet<string> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const given = (node: NodeMessage) => valueEdges(node.input).map((edge) => endOf(edge).node);
  const isWeight = (name: string): boolean => {
    if (statePlace(name) !== undefined) return true;
    const node = byName.get(name);
    return node !== undefined && WEIGHT_AS_IT_IS.has(node.op) && isWeight(given(node)[0]!);
  };

  const precise = new Set<string>();
  /** Nodes whose result reaches an exponential. */
  const reaching = new Set<string>();
  for (const node of nodes.toReversed()) {
    const { name, op } = node;
    if (EXPONENTIALS.has(op) || (PASSING.has(op) && reaching.has(name))) {
      for (const source of given(node)) reaching.add(source);
    }
    if (!PRODUCTS.has(op) || gradientOf.has(name)) continue;
    if (reaching.has(name) || !given(node).some(isWeight)) precise.add(name);
  }
  for (const [name, forward] of gradientOf) if (precise.has(forward)) precise.add(name);
  return precise;
}
