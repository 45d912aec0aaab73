import type { NodeMessage } from "@tssl/engine";

import { intsOf, onlyUsers, textOf } from "./walk.ts";

/**
 * Gives 1x1 convolutions the stride that they were recorded without: TensorFlow gets every n-th pixel by an
 * average over single pixels, which `conv2d` of the engine explains. Other libraries need no such detour.
 */
export function withStridesInside(nodes: readonly NodeMessage[], output: string): readonly NodeMessage[] {
  const onlyUser = onlyUsers(nodes, output);
  const skips = new Map(
    nodes.flatMap((node) => {
      const user = onlyUser(node.name);
      return isSkip(node) && user !== undefined && takesSinglePixels(user)
        ? [[user.name, node] as const]
        : [];
    }),
  );
  return nodes.map((node) => {
    const skip = skips.get(node.name);
    if (skip === undefined) return node;
    const attr = { ...node.attr, strides: skip.attr["strides"]! };
    return { ...node, input: [skip.input[0]!, ...node.input.slice(1)], attr };
  });
}

const isSkip = (node: NodeMessage): boolean =>
  node.op === "AvgPool" &&
  intsOf(node, "ksize")!.every((side) => side === 1) &&
  textOf(node, "padding") === "VALID";

const takesSinglePixels = (node: NodeMessage): boolean =>
  node.op === "Conv2D" &&
  textOf(node, "padding") === "VALID" &&
  intsOf(node, "strides")!.every((stride) => stride === 1);
