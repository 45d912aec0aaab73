import { DATA_TYPE } from "./data-types.ts";
import { isOrder } from "./edge.ts";
import { attributeText, type NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";

/**
 * The ops of native/winograd_ops.cc, with the places of their inputs among those of the ops that they
 * replace.
 */
const REPLACEMENTS: Readonly<Record<string, { readonly op: string; readonly inputs: readonly number[] }>> = {
  Conv2D: { op: "TsslConv3x3", inputs: [0, 1] },
  Conv2DBackpropInput: { op: "TsslConv3x3InputGradient", inputs: [1, 2] },
  Conv2DBackpropFilter: { op: "TsslConv3x3FilterGradient", inputs: [0, 2] },
};

/** An op that is registered if the processor has the instructions for it. */
export const WINOGRAD_OP = REPLACEMENTS["Conv2D"]!.op;

/** The numbers of input and output channels must be multiples of this. */
const CHANNEL_STEP = 32;

/** Smallest number of output tiles of 4x4 pixels; below it the filter transforms cost more than they save. */
const FEWEST_TILES = 32;

/** Smallest share of the tiles' pixels inside the image. */
const LEAST_INSIDE = 0.75;

/**
 * Computes 3x3 convolutions and their gradients by Winograd's minimal filtering where that is faster on a
 * CPU: with a quarter of the multiplications, in 36 matrix products. It applies to float32 convolutions
 * without a stride and without groups that keep the image's size, with 32 channels or more.
 *
 * Lavin & Gray 2016, https://arxiv.org/abs/1509.09308, F(4x4, 3x3). Relative errors are about 1e-6, those of
 * direct convolution about 1e-7.
 */
export function byWinograd(recording: Recording): Recording {
  const nodes = recording.nodes.map((node): NodeMessage => {
    const replacement = REPLACEMENTS[node.op];
    if (replacement === undefined || !isFaster(node, recording)) return node;
    const order = node.input.filter(isOrder);
    const input = [...replacement.inputs.map((place) => node.input[place]!), ...order];
    return { name: node.name, op: replacement.op, input, attr: {} };
  });
  return { ...recording, nodes };
}

function isFaster({ name, op, input, attr }: NodeMessage, recording: Recording): boolean {
  const valueAt = (edge: string) => recordedValue(recording, edge);
  const filter = valueAt(op === "Conv2DBackpropFilter" ? name : input[1]!);
  const images = valueAt(op === "Conv2D" ? name : input[2]!);
  const [across, down, from, to] = filter.shape as [number, number, number, number];
  const [count, height, width] = images.shape as [number, number, number];
  const channels = valueAt(op === "Conv2DBackpropInput" ? name : input[0]!).shape[3];
  const tiles = count * Math.ceil(height / 4) * Math.ceil(width / 4);
  return (
    attr["T"]?.type === DATA_TYPE.float32 &&
    attr["strides"]?.list?.i?.every((stride) => stride === 1) === true &&
    attributeText(attr["padding"]) === "SAME" &&
    across === 3 &&
    down === 3 &&
    from === channels &&
    [from, to].every((each) => each % CHANNEL_STEP === 0) &&
    tiles >= FEWEST_TILES &&
    count * height * width >= LEAST_INSIDE * tiles * 16
  );
}
