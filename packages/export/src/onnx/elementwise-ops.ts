import type { NodeMessage } from "@tssl/engine";

import { permuted } from "@tssl/core/internal";

import type { Known, Translation, Value } from "./translation.ts";

/** An op on each number of one value. */
export const unary =
  (op: string, attributes: Parameters<Translation["graph"]["node"]>[2] = {}) =>
  (node: NodeMessage, { graph, value }: Translation): Value => {
    const { name, channelsFirst } = value(node.input[0]!);
    return { name: graph.node(op, [name], attributes), channelsFirst };
  };

/**
 * An op on two values, one of which may be repeated along axes that it lacks. An image stays in ONNX's order
 * where the other value can follow it there.
 */
export const binary =
  (op: string) =>
  (node: NodeMessage, translation: Translation): Value => {
    const { graph, known, value } = translation;
    const edges = node.input.slice(0, 2);
    const isImage = edges.some((edge) => known(edge) === undefined && value(edge).channelsFirst);
    const follow = isImage ? edges.map((edge) => asImage(edge, translation)) : [undefined];
    const channelsFirst = !follow.includes(undefined);
    const inputs = channelsFirst ? follow.map((name) => name!) : edges.map(translation.plain);
    return { name: graph.node(op, inputs), channelsFirst };
  };

/** A value as it is combined with an image in ONNX's order; undefined where it would have to be reordered. */
function asImage(edge: string, { value, known, graph }: Translation): string | undefined {
  const constant = known(edge);
  if (constant === undefined) return value(edge).channelsFirst ? value(edge).name : undefined;
  const rank = constant.shape.length;
  if (rank > 4) return undefined;
  return rank === 0 ? value(edge).name : channelsFirstConstant(constant, graph);
}

/** `[C]` as `[C, 1, 1]`, `[H, W, C]` as `[C, H, W]`. */
function channelsFirstConstant({ name, shape, values }: Known, graph: Translation["graph"]): string {
  const full = [...Array<number>(4 - shape.length).fill(1), ...shape];
  const moved = permuted({ shape: full, data: Float32Array.from(values) }, [0, 3, 1, 2]);
  return graph.floats(`${name}.channels_first`, moved.shape, moved.data);
}

/** A bias along the last axis; one that the convolution before it has taken is there already. */
export function biasAdd(node: NodeMessage, translation: Translation): Value {
  const value = translation.value(node.input[0]!);
  return value.biasOf === node.name ? value : binary("Add")(node, translation);
}

/** x sigmoid(x) and the like are made of two nodes. */
export const square = (node: NodeMessage, { graph, value }: Translation): Value => {
  const { name, channelsFirst } = value(node.input[0]!);
  return { name: graph.node("Mul", [name, name]), channelsFirst };
};

export function squaredDifference(node: NodeMessage, translation: Translation): Value {
  const { name, channelsFirst } = binary("Sub")(node, translation);
  return { name: translation.graph.node("Mul", [name, name]), channelsFirst };
}

/** 1 / sqrt(x) */
export function rsqrt(node: NodeMessage, translation: Translation): Value {
  const { name, channelsFirst } = unary("Sqrt")(node, translation);
  return { name: translation.graph.node("Reciprocal", [name]), channelsFirst };
}

/** min(max(x, 0), 6) */
export const relu6 = (node: NodeMessage, { graph, value }: Translation): Value => {
  const { name, channelsFirst } = value(node.input[0]!);
  return { name: graph.node("Clip", [name, graph.scalar(0), graph.scalar(6)]), channelsFirst };
};

export const leakyRelu = (node: NodeMessage, translation: Translation): Value =>
  unary("LeakyRelu", { alpha: { float: node.attr["alpha"]?.f ?? 0.2 } })(node, translation);
