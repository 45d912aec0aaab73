import { merged, ranked, requireLength, saidShape } from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import type { Shape } from "./shape.ts";

/** Height and width that an input says. */
function saidSize(call: OpCall, input: number): Shape {
  requireLength(call, ranked(call, input, 1)[0]!, 2);
  return saidShape(call, input);
}

const resized: ShapeRule = (call) => {
  const [count, , , channels] = ranked(call, 0, 4);
  return [[count!, ...saidSize(call, 1), channels!]];
};

/** The image before it was resized has the size of the second input. */
const resizedBack: ShapeRule = (call) => [call.shapes[1]!];

const cropped: ShapeRule = (call) => {
  const image = ranked(call, 0, 4);
  const [boxes] = ranked(call, 1, 2);
  merged(call, [boxes!], ranked(call, 2, 1));
  requireLength(call, call.shapes[1]![1]!, 4);
  return [[boxes!, ...saidSize(call, 3), image[3]!]];
};

const normalized: ShapeRule = (call) => [ranked(call, 0, 4)];

const normalizedGradient: ShapeRule = (call) => {
  const shapes = [0, 1, 2].map((input) => ranked(call, input, 4));
  return [shapes.reduce((a, b) => merged(call, a, b))];
};

const SAMPLING = "align_corners:bool=false half_pixel_centers:bool=false";
const LRN = "depth_radius:int=5 bias:float=1 alpha:float=1 beta:float=0.5";

/** Ops on images `[N, H, W, C]`. */
export const IMAGES: OpTable = {
  ...ops("ResizeBilinear", `T:number, int32 -> float32; ${SAMPLING}`, resized),
  ...ops("ResizeBilinearGrad", `float32, T:float -> T; ${SAMPLING}`, resizedBack),
  ...ops("ResizeNearestNeighbor", `T:number, int32 -> T; ${SAMPLING}`, resized),
  ...ops("ResizeNearestNeighborGrad", `T:resizable, int32 -> T; ${SAMPLING}`, resized),
  ...ops(
    "CropAndResize",
    "T:croppable, float32, int32, int32 -> float32; method:text{bilinear|nearest}=bilinear " +
      "extrapolation_value:float=0",
    cropped,
  ),
  ...ops("LRN", `T:float -> T; ${LRN}`, normalized),
  ...ops("LRNGrad", `T:float, T, T -> T; ${LRN}`, normalizedGradient),
};
