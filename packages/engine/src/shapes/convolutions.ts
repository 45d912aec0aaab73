import { merged, ranked, replaced, requireEqual, requireLength, saidShape } from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import type { Shape } from "./shape.ts";
import { explicitSides, layoutOf, perAxis, windowPlaces } from "./windows.ts";

/** The result of a convolution of an image with a filter, both of the right rank. */
type Convolution = (call: OpCall, x: Shape, filter: Shape) => Shape;

/** An image seen through a filter of `[height, width, …]`, or `[depth, height, width, …]`. */
function convolved(call: OpCall, x: Shape, filter: Shape, channels: number): Shape {
  const layout = layoutOf(call);
  const strides = perAxis(call, "strides", layout);
  const dilations = perAxis(call, "dilations", layout);
  const sides = x.length === 4 ? explicitSides(call, layout) : () => undefined;
  const seen = layout.spatial.reduce<Shape>((shape, axis, i) => {
    const given = sides(axis);
    const places = windowPlaces(call, x[axis]!, {
      size: filter[i]!,
      stride: strides[axis]!,
      dilation: dilations[axis]!,
      ...(given === undefined ? {} : { sides: given }),
    });
    return replaced(shape, axis, places);
  }, x);
  return replaced(seen, layout.channels, channels);
}

/** The filter may see a part of the channels, one part after the other ("groups"). */
const grouped: Convolution = (call, x, filter) => {
  const depth = x[layoutOf(call).channels]!;
  const [from, to] = filter.slice(-2) as [number, number];
  if (from === 0) throw call.misfit("Depth of filter must not be 0");
  if (depth % from !== 0) {
    throw call.misfit(`Depth of input (${depth}) is not a multiple of input depth of filter (${from})`);
  }
  const groups = depth / from;
  if (to % groups !== 0) {
    throw call.misfit(`Depth of output (${to}) is not a multiple of the number of groups (${groups})`);
  }
  return convolved(call, x, filter, to);
};

/** Each channel has filters of its own. */
const depthwise: Convolution = (call, x, filter) => {
  const [from, multiplier] = filter.slice(-2) as [number, number];
  requireEqual(call, x[layoutOf(call).channels]!, from);
  return convolved(call, x, filter, from * multiplier);
};

const forward =
  (rank: number, convolution: Convolution): ShapeRule =>
  (call) => [convolution(call, ranked(call, 0, rank), ranked(call, 1, rank))];

/** The gradient of the image, whose shape the first input says. */
const ofImage =
  (rank: number, convolution: Convolution): ShapeRule =>
  (call) => {
    const x = saidOfRank(call, 0, rank);
    merged(call, convolution(call, x, ranked(call, 1, rank)), ranked(call, 2, rank));
    return [x];
  };

/** The gradient of the filter, whose shape the second input says. */
const ofFilter =
  (rank: number, convolution: Convolution): ShapeRule =>
  (call) => {
    const filter = saidOfRank(call, 1, rank);
    merged(call, convolution(call, ranked(call, 0, rank), filter), ranked(call, 2, rank));
    return [filter];
  };

function saidOfRank(call: OpCall, input: number, rank: number): Shape {
  const shape = saidShape(call, input);
  requireLength(call, shape.length, rank);
  return shape;
}

const WINDOW = "padding:text{SAME|VALID|EXPLICIT} explicit_paddings:ints=[] data_format:text{NHWC|NCHW}=NHWC";
const FLAT = `${WINDOW} dilations:ints=[1,1,1,1]`;
const CONV2D = `strides:ints use_cudnn_on_gpu:bool=true ${FLAT}`;
const DEPTHWISE = `strides:ints ${FLAT}`;
const CONV3D =
  "strides:ints padding:text{SAME|VALID} data_format:text{NDHWC|NCDHW}=NDHWC dilations:ints=[1,1,1,1,1]";

/** Convolutions and their gradients. */
export const CONVOLUTIONS: OpTable = {
  ...ops("Conv2D", `T:convolved, T -> T; ${CONV2D}`, forward(4, grouped)),
  ...ops("Conv2DBackpropInput", `int32, T:convolved, T -> T; ${CONV2D}`, ofImage(4, grouped)),
  ...ops("Conv2DBackpropFilter", `T:float, int32, T -> T; ${CONV2D}`, ofFilter(4, grouped)),
  ...ops("DepthwiseConv2dNative", `T:float, T -> T; ${DEPTHWISE}`, forward(4, depthwise)),
  ...ops("DepthwiseConv2dNativeBackpropInput", `int32, T:float, T -> T; ${DEPTHWISE}`, ofImage(4, depthwise)),
  ...ops(
    "DepthwiseConv2dNativeBackpropFilter",
    `T:float, int32, T -> T; ${DEPTHWISE}`,
    ofFilter(4, depthwise),
  ),
  ...ops("Conv3D", `T:float, T -> T; ${CONV3D}`, forward(5, grouped)),
  ...ops("Conv3DBackpropInputV2", `Tshape:index, T:float, T -> T; ${CONV3D}`, ofImage(5, grouped)),
  ...ops("Conv3DBackpropFilterV2", `T:float, int32, T -> T; ${CONV3D}`, ofFilter(5, grouped)),
};
