import type { NodeMessage } from "@tssl/engine";

import { notExportable, opFormUnknown } from "../messages.ts";
import type { Translation, Value } from "./translation.ts";

// Ops on values in TensorFlow's order of axes.

const plainValue = (name: string): Value => ({ name, channelsFirst: false });

/** Numbers that an op takes as an input and ONNX needs to know beforehand: axes, shapes. */
function wholeNumbers(node: NodeMessage, place: number, { known }: Translation): readonly number[] {
  const found = known(node.input[place]!);
  if (found === undefined)
    throw notExportable("onnx", opFormUnknown(node.op, "an argument that is computed"));
  return [...found.values];
}

/** A reduction along axes. The mean of an image over height and width is ONNX's global pooling. */
export const reduction =
  (op: "ReduceMean" | "ReduceMax" | "ReduceSum") =>
  (node: NodeMessage, translation: Translation): Value => {
    const { graph, value, shape } = translation;
    const edge = node.input[0]!;
    const rank = shape(edge).length;
    const axes = wholeNumbers(node, 1, translation).map((axis) => (axis + rank) % rank);
    const keepdims = node.attr["keep_dims"]?.b === true ? 1 : 0;
    if (op === "ReduceMean" && value(edge).channelsFirst && String(axes) === "1,2") {
      const pooled = graph.node("GlobalAveragePool", [value(edge).name]);
      return keepdims === 1
        ? { name: pooled, channelsFirst: true }
        : plainValue(graph.node("Flatten", [pooled], { axis: 1 }));
    }
    // Until opset 18 the axes are an attribute, but for sums.
    return plainValue(
      op === "ReduceSum"
        ? graph.node(op, [translation.plain(edge), graph.ints(axes)], { keepdims })
        : graph.node(op, [translation.plain(edge)], { axes, keepdims }),
    );
  };

/** -1 is N in TensorFlow's constants, and what is left over in ONNX's. */
export const reshape = (node: NodeMessage, translation: Translation): Value => {
  const { graph, plain } = translation;
  return plainValue(
    graph.node("Reshape", [plain(node.input[0]!), graph.ints(wholeNumbers(node, 1, translation))]),
  );
};

export const transpose = (node: NodeMessage, translation: Translation): Value =>
  plainValue(
    translation.graph.node("Transpose", [translation.plain(node.input[0]!)], {
      perm: wholeNumbers(node, 1, translation),
    }),
  );

/** The last axis, as in TensorFlow. */
export const softmax = (node: NodeMessage, { graph, plain }: Translation): Value =>
  plainValue(graph.node("Softmax", [plain(node.input[0]!)], { axis: -1 }));

export function matMul(node: NodeMessage, translation: Translation): Value {
  const { graph, plain, shape } = translation;
  const flags = [
    ["transpose_a", "adj_x"],
    ["transpose_b", "adj_y"],
  ] as const;
  const inputs = flags.map((names, i) => {
    const edge = node.input[i]!;
    const transposed = names.some((name) => node.attr[name]?.b === true);
    if (!transposed) return plain(edge);
    const rank = shape(edge).length;
    const perm = [...Array(rank).keys()];
    [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
    return graph.node("Transpose", [plain(edge)], { perm });
  });
  return plainValue(graph.node("MatMul", inputs));
}

export function concat(node: NodeMessage, translation: Translation): Value {
  const parts = node.input.slice(0, -1);
  const rank = translation.shape(node.name).length;
  const [axis] = wholeNumbers(node, node.input.length - 1, translation);
  return plainValue(
    translation.graph.node("Concat", parts.map(translation.plain), { axis: (axis! + rank) % rank }),
  );
}

/** Part of a value; size -1 leads to the end. */
export function slice(node: NodeMessage, translation: Translation): Value {
  const [begin, size] = [1, 2].map((place) => wholeNumbers(node, place, translation));
  const { graph, plain } = translation;
  const end = begin!.map((from, axis) => (size![axis] === -1 ? LAST : from + size![axis]!));
  const axes = begin!.map((_, axis) => axis);
  return plainValue(
    graph.node("Slice", [plain(node.input[0]!), graph.ints(begin!), graph.ints(end), graph.ints(axes)]),
  );
}

/** Beyond the end of any axis. */
const LAST = 2 ** 31 - 1;

/** Constant padding. */
export function pad(node: NodeMessage, translation: Translation): Value {
  const { graph, plain, shape } = translation;
  const around = wholeNumbers(node, 1, translation);
  const rank = shape(node.input[0]!).length;
  const sides = [0, 1].flatMap((side) => Array.from({ length: rank }, (_, axis) => around[2 * axis + side]!));
  const value = node.op === "PadV2" ? translation.value(node.input[2]!).name : graph.scalar(0);
  return plainValue(
    graph.node("Pad", [plain(node.input[0]!), graph.ints(sides), value], { mode: "constant" }),
  );
}
