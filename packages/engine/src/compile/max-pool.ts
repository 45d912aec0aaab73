import { sidesOfAxes } from "../shapes/sides.ts";
import { DATA_TYPE } from "./data-types.ts";
import { edgeReaders } from "./edge-readers.ts";
import { type AttributeMessage, attributeText, type NodeMessage } from "./graph-messages.ts";
import type { RecordedValue, Recording } from "./record.ts";

/** The ops of native/max_pool_ops.cc; they are registered if the processor has the instructions for them. */
export const MAX_POOL_OP = "TsslMaxPool";
const GRADIENT_OP = "TsslMaxPoolGradient";

/** Side of the largest window whose places fit into a byte. */
const LARGEST_WINDOW = 15;

/**
 * Makes max pooling store the place of each maximum for its gradient. TensorFlow searches for it again, on
 * one thread.
 *
 * float32 only. Results are bit-identical; of equal maxima the first one gets the gradient.
 */
export function withRememberedMaxima(recording: Recording): Recording {
  const readers = edgeReaders(recording);
  const produced = new Map(recording.produced);
  const inPlaceOf = new Map<string, NodeMessage>();

  for (const node of recording.nodes) {
    const window = windowOf(node);
    if (window === undefined) continue;
    const { name, input } = node;
    const [x, ...order] = input as [string, ...string[]];
    const gradients = readers
      .of(name)
      .filter((reader) => reader !== "result")
      .filter(({ op, input }) => op === "MaxPoolGrad" && input[0] === x && input[1] === name);
    const [y] = produced.get(name)!;
    const places: RecordedValue[] = gradients.length === 0 ? [] : [{ dtype: "uint8", shape: y!.shape }];
    const attr = { ...window, places: { i: places.length } };
    inPlaceOf.set(name, { name, op: MAX_POOL_OP, input: [x, ...order], attr });
    produced.set(name, [y!, ...places]);
    for (const gradient of gradients) {
      const [height, width] = produced.get(gradient.name)![0]!.shape.slice(1) as [number, number];
      const [, , dy, ...order] = gradient.input as [string, string, string, ...string[]];
      inPlaceOf.set(gradient.name, {
        name: gradient.name,
        op: GRADIENT_OP,
        input: [dy, `${name}:1`, ...order],
        attr: { ...window, height: { i: height }, width: { i: width } },
      });
    }
  }
  return { ...recording, produced, nodes: recording.nodes.map((node) => inPlaceOf.get(node.name) ?? node) };
}

/**
 * The window of a max pooling, if it is square and has the same stride and padding on all sides; else
 * undefined.
 */
function windowOf({
  op,
  attr,
}: NodeMessage): Record<"size" | "stride" | "padding", AttributeMessage> | undefined {
  if (
    op !== "MaxPool" ||
    attr["T"]?.type !== DATA_TYPE.float32 ||
    attributeText(attr["data_format"]) !== "NHWC"
  ) {
    return undefined;
  }
  const size = squareOf(attr["ksize"]);
  const stride = squareOf(attr["strides"]);
  if (size === undefined || stride === undefined || size > LARGEST_WINDOW) return undefined;
  const padding = paddingOf(attr, size, stride);
  if (padding === undefined || 2 * padding > size) return undefined;
  return { size: { i: size }, stride: { i: stride }, padding: { i: padding } };
}

/** n for [1, n, n, 1]. */
function squareOf(attribute: AttributeMessage | undefined): number | undefined {
  const [images, height, width, channels] = attribute?.list?.i ?? [];
  return images === 1 && channels === 1 && height === width ? height : undefined;
}

function paddingOf(attr: NodeMessage["attr"], size: number, stride: number): number | undefined {
  switch (attributeText(attr["padding"])) {
    case "VALID":
      return 0;
    case "SAME":
      return stride === 1 && size % 2 === 1 ? (size - 1) / 2 : undefined;
    default: {
      // Of images [N, H, W, C], padding is around height and width alone.
      const [, height = [], width = []] = sidesOfAxes(attr["explicit_paddings"]?.list?.i ?? []);
      const [top] = height;
      return [...height, ...width].every((side) => side === top) ? top : undefined;
    }
  }
}
