import { permuted } from "@tssl/core/internal";
import type { NodeMessage } from "@tssl/engine";

import { intsOf, textOf } from "../graph/walk.ts";
import { notExportable, opFormUnknown } from "../messages.ts";
import type { Translation, Value } from "./translation.ts";

// Ops on images. Their values have ONNX's order of axes, [N, C, H, W].

/** [out, in, height, width] of TensorFlow's [height, width, in, out]. */
const FILTER_AXES = [3, 2, 0, 1];

/** A convolution, with the bias that is added to it alone. */
export function conv2d(node: NodeMessage, translation: Translation): Value {
  const { graph, known, shape, onlyUser } = translation;
  const [image, filterEdge] = node.input as [string, string];
  const filter = known(filterEdge);
  if (filter === undefined) throw notExportable("onnx", opFormUnknown(node.op, "a filter that is computed"));
  const [height, width, channels, out] = filter.shape as [number, number, number, number];
  const depthwise = node.op === "DepthwiseConv2dNative";
  // One filter for each channel and multiple: [height, width, channels, multiple].
  const layout = depthwise ? [height, width, 1, channels * out] : filter.shape;
  const weight = permuted({ shape: layout, data: Float32Array.from(filter.values) }, FILTER_AXES);
  const dilations = (intsOf(node, "dilations") ?? [1, 1, 1, 1]).slice(1, 3);
  const attributes = {
    kernel_shape: [height, width],
    dilations,
    group: depthwise ? channels : shape(image)[3]! / channels,
    ...windowOf(node, { image: shape(image), result: shape(node.name), size: [height, width], dilations }),
  };
  const name = filter.name.replace(/\.weight$/, "");
  const inputs = [translation.channelsFirst(image), graph.floats(filter.name, weight.shape, weight.data)];
  const user = onlyUser(node.name);
  const bias = user?.op === "BiasAdd" ? known(user.input[1]!) : undefined;
  if (bias !== undefined) inputs.push(graph.floats(bias.name, bias.shape, Float32Array.from(bias.values)));
  return {
    name: graph.node("Conv", inputs, attributes, name),
    channelsFirst: true,
    ...(bias === undefined ? {} : { biasOf: user!.name }),
  };
}

/** Batch norm with the running statistics. */
export function fusedBatchNorm(node: NodeMessage, translation: Translation): Value {
  if (node.attr["is_training"]?.b !== false) {
    throw notExportable("onnx", opFormUnknown(node.op, "the statistics of the batch"));
  }
  const { graph, known } = translation;
  const [image, ...vectors] = node.input as [string, string, string, string, string];
  const inputs = [translation.channelsFirst(image), ...vectors.map((edge) => translation.value(edge).name)];
  const name = known(vectors[0])?.name.replace(/\.weight$/, "");
  const attributes = { epsilon: { float: node.attr["epsilon"]!.f! } };
  return { name: graph.node("BatchNormalization", inputs, attributes, name), channelsFirst: true };
}

export const pool =
  (op: "MaxPool" | "AveragePool") =>
  (node: NodeMessage, translation: Translation): Value => {
    const [image] = node.input as [string];
    const size = intsOf(node, "ksize")!.slice(1, 3);
    const { shape, graph } = translation;
    const window = windowOf(node, {
      ...{ image: shape(image), result: shape(node.name) },
      ...{ size, dilations: [1, 1] },
    });
    const attributes = { kernel_shape: size, ...window };
    return { name: graph.node(op, [translation.channelsFirst(image)], attributes), channelsFirst: true };
  };

interface WindowShapes {
  /** `[N, H, W, C]` */
  readonly image: readonly number[];
  readonly result: readonly number[];
  readonly size: readonly number[];
  readonly dilations: readonly number[];
}

/** Strides along height and width, and the padding at top, left, bottom and right. */
function windowOf(node: NodeMessage, { image, result, size, dilations }: WindowShapes) {
  const format = textOf(node, "data_format");
  if (format !== "" && format !== "NHWC") throw notExportable("onnx", opFormUnknown(node.op, format));
  const strides = intsOf(node, "strides")!.slice(1, 3);
  const padding = textOf(node, "padding");
  if (padding === "VALID") return { strides, pads: [0, 0, 0, 0] };
  if (padding === "EXPLICIT") {
    const [, , top, bottom, left, right] = intsOf(node, "explicit_paddings") as number[];
    return { strides, pads: [top!, left!, bottom!, right!] };
  }
  // "SAME": what is missing for the last window, the larger half after the image.
  const missing = [0, 1].map((axis) => {
    const side = (size[axis]! - 1) * dilations[axis]! + 1;
    return Math.max(0, (result[axis + 1]! - 1) * strides[axis]! + side - image[axis + 1]!);
  });
  return {
    strides,
    pads: [...missing.map((all) => Math.floor(all / 2)), ...missing.map((all) => Math.ceil(all / 2))],
  };
}
