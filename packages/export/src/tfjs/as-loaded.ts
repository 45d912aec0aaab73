import { DATA_TYPE, type NodeMessage } from "@tssl/engine";

import type { EncoderGraph } from "../graph/encoder-graph.ts";
import { intsOf, nodeOf, outputOf, textOf } from "../graph/walk.ts";
import { float, ints, type StoredWeight } from "./stored-weight.ts";

/** Nodes that TensorFlow.js knows, in their order, with the constants that they take. */
export interface LoadedNodes {
  readonly nodes: readonly NodeMessage[];
  readonly constants: readonly StoredWeight[];
}

/** A node of an encoder as the loader of TensorFlow.js knows it: itself, or several in its place. */
export function asLoaded(node: NodeMessage, encoder: EncoderGraph): LoadedNodes {
  if (node.op === "MaxPool" && textOf(node, "padding") === "EXPLICIT") return paddedPool(node);
  const groups = groupsOf(node, encoder);
  if (groups > 1) return convolutions(node, groups);
  return { nodes: [withDilations(node)], constants: [] };
}

/** The loader of TensorFlow.js has no defaults for attributes. */
const withDilations = (node: NodeMessage): NodeMessage =>
  /^(Conv2D|DepthwiseConv2dNative)$/.test(node.op)
    ? { ...node, attr: { dilations: { list: { i: [1, 1, 1, 1] } }, ...node.attr } }
    : node;

/**
 * The loader of TensorFlow.js knows no max pooling with zeros around: the smallest number is put around the
 * image first, which is what PyTorch's padding counts as.
 */
function paddedPool(node: NodeMessage): LoadedNodes {
  const around = intsOf(node, "explicit_paddings")!;
  const [paddings, lowest, padded] = partsOf(node, ["paddings", "lowest", "padded"]);
  const pad: NodeMessage = {
    name: padded,
    op: "PadV2",
    input: [node.input[0]!, paddings, lowest],
    attr: { T: { type: DATA_TYPE.float32 }, Tpaddings: { type: DATA_TYPE.int32 } },
  };
  const { explicit_paddings, ...attr } = node.attr;
  const pool = {
    ...node,
    input: [padded],
    attr: { ...attr, padding: { s: Buffer.from("VALID") } },
  };
  return { nodes: [pad, pool], constants: [ints(paddings, [4, 2], around), float(lowest, LOWEST)] };
}

/** The smallest float32. */
const LOWEST = -3.4028234663852886e38;

/** How many groups of channels a convolution has: its filter sees the channels of one group. */
function groupsOf({ op, input }: NodeMessage, { parameters, shapes }: EncoderGraph): number {
  if (op !== "Conv2D") return 1;
  const [image, filter] = input as [string, string];
  const channels = shapes.get(nodeOf(image))?.[outputOf(image)]?.at(-1);
  const seen = parameters.get(filter)?.shape.at(-2);
  return channels === undefined || seen === undefined ? 1 : channels / seen;
}

/**
 * TensorFlow.js has no convolutions in groups: image and filter are split, and each group has a convolution
 * of its own.
 */
function convolutions(node: NodeMessage, groups: number): LoadedNodes {
  const [axis, images, filters] = partsOf(node, ["axis", "images", "filters"]);
  const T = { type: DATA_TYPE.float32 };
  const split = (name: string, edge: string): NodeMessage => ({
    ...{ name, op: "Split", input: [axis, edge] },
    attr: { T, num_split: { i: groups } },
  });
  const each = Array.from({ length: groups }, (_, group) => ({
    ...withDilations(node),
    name: `${node.name}_group${group}`,
    input: [`${images}:${group}`, `${filters}:${group}`],
  }));
  const together: NodeMessage = {
    ...{ name: node.name, op: "ConcatV2", input: [...each.map(({ name }) => name), axis] },
    attr: { T, Tidx: { type: DATA_TYPE.int32 }, N: { i: groups } },
  };
  const [image, filter] = node.input as [string, string];
  return {
    nodes: [split(images, image), split(filters, filter), ...each, together],
    constants: [ints(axis, [], [CHANNELS])],
  };
}

/** The axis of an image's channels, and of those that a filter makes. */
const CHANNELS = 3;

/** Names of nodes that stand for parts of another one. */
const partsOf = <const Parts extends readonly string[]>({ name }: NodeMessage, parts: Parts) =>
  parts.map((part) => `${name}_${part}`) as { readonly [I in keyof Parts]: string };
