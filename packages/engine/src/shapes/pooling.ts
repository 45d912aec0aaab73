import { merged, ranked, replaced, requireEqual, requireLength, saidShape } from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import type { Shape } from "./shape.ts";
import { explicitSides, layoutOf, perAxis, windowPlaces } from "./windows.ts";

/** Windows over height and width, or depth, height and width; with explicit padding over channels too. */
function pooled(call: OpCall, x: Shape, paddings: "named" | "explicit"): Shape {
  const layout = layoutOf(call);
  const [sizes, strides] = [perAxis(call, "ksize", layout), perAxis(call, "strides", layout)];
  const sides = paddings === "explicit" ? explicitSides(call, layout) : () => undefined;
  const axes = paddings === "explicit" ? [...layout.spatial, layout.channels] : layout.spatial;
  return axes.reduce<Shape>((shape, axis) => {
    const given = sides(axis);
    const window = {
      size: sizes[axis]!,
      stride: strides[axis]!,
      ...(given === undefined ? {} : { sides: given }),
    };
    return replaced(shape, axis, windowPlaces(call, x[axis]!, window));
  }, x);
}

const pool =
  (rank: number, paddings: "named" | "explicit"): ShapeRule =>
  (call) => [pooled(call, ranked(call, 0, rank), paddings)];

/** Of an image, its pooled image and the gradient of that. */
const maxPoolGradient =
  (rank: number, paddings: "named" | "explicit"): ShapeRule =>
  (call) => {
    const x = ranked(call, 0, rank);
    const result = pooled(call, x, paddings);
    for (const input of [1, 2]) merged(call, result, ranked(call, input, rank));
    return [x];
  };

/** Of the shape of an image, which the first input says, and the gradient of its pooled image. */
const averageGradient =
  (rank: number): ShapeRule =>
  (call) => {
    const x = saidShape(call, 0);
    requireLength(call, x.length, rank);
    merged(call, pooled(call, x, "named"), ranked(call, 1, rank));
    return [x];
  };

/** Greyscale dilation: a window that adds a filter before it takes the maximum. */
function dilated(call: OpCall, x: Shape, filter: Shape): Shape {
  const [strides, rates] = [call.ints("strides"), call.ints("rates")];
  for (const [name, numbers] of Object.entries({ strides, rates })) {
    if (numbers.length !== 4) throw call.misfit(`${name} must have 4 numbers, but has ${numbers.length}`);
  }
  const places = [1, 2].map((axis) =>
    windowPlaces(call, x[axis]!, { size: filter[axis - 1]!, stride: strides[axis]!, dilation: rates[axis]! }),
  );
  return [x[0]!, ...places, requireEqual(call, x[3]!, filter[2]!)];
}

const dilation: ShapeRule = (call) => [dilated(call, ranked(call, 0, 4), ranked(call, 1, 3))];

/** @param of the input whose gradient it is. */
const dilationGradient =
  (of: 0 | 1): ShapeRule =>
  (call) => {
    const [x, filter] = [ranked(call, 0, 4), ranked(call, 1, 3)];
    merged(call, dilated(call, x, filter), ranked(call, 2, 4));
    return [[x, filter][of]!];
  };

const NAMED = "ksize:ints strides:ints padding:text{SAME|VALID}";
const EXPLICIT = "ksize:ints strides:ints padding:text{SAME|VALID|EXPLICIT} explicit_paddings:ints=[]";
const FLAT = "data_format:text{NHWC|NCHW}=NHWC";
const SOLID = "data_format:text{NDHWC|NCDHW}=NDHWC";
const DILATION = "strides:ints rates:ints padding:text{SAME|VALID}";

/** Ops that make one number of a window, and their gradients. */
export const POOLING: OpTable = {
  ...ops(
    "MaxPool",
    `T:number -> T; ${EXPLICIT} data_format:text{NHWC|NCHW|NCHW_VECT_C}=NHWC`,
    pool(4, "explicit"),
  ),
  ...ops("MaxPoolGrad", `T:number, T, T -> T; ${EXPLICIT} ${FLAT}`, maxPoolGradient(4, "explicit")),
  ...ops("AvgPool", `T:float -> T; ${NAMED} ${FLAT}`, pool(4, "named")),
  ...ops("AvgPoolGrad", `int32, T:float -> T; ${NAMED} ${FLAT}`, averageGradient(4)),
  ...ops("MaxPool3D AvgPool3D", `T:float -> T; ${NAMED} ${SOLID}`, pool(5, "named")),
  ...ops(
    "MaxPool3DGrad",
    `TInput:float, TInput, T:float -> T; ${NAMED} ${SOLID}`,
    maxPoolGradient(5, "named"),
  ),
  ...ops("AvgPool3DGrad", `int32, T:float -> T; ${NAMED} ${SOLID}`, averageGradient(5)),
  ...ops("Dilation2D", `T:number, T -> T; ${DILATION}`, dilation),
  ...ops("Dilation2DBackpropInput", `T:number, T, T -> T; ${DILATION}`, dilationGradient(0)),
  ...ops("Dilation2DBackpropFilter", `T:number, T, T -> T; ${DILATION}`, dilationGradient(1)),
};
