import { axisOf, ranked, rankedAtLeast, rankedAtMost, requireEqual } from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import { keptAxes, type Shape } from "./shape.ts";

const reduced: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  rankedAtMost(call, 1, 1);
  const axes = new Set<number>();
  for (const axis of call.numbers(1)) {
    const place = axisOf(axis, shape.length);
    if (place === undefined) {
      throw call.misfit(`Invalid reduction dimension ${axis} for input with ${shape.length} dimensions.`);
    }
    axes.add(place);
  }
  if (call.bool("keep_dims")) return [keptAxes(shape, [...axes])];
  return [shape.filter((_, axis) => !axes.has(axis))];
};

/** The place of the largest or smallest along one axis, which goes. */
const placeAlong: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  ranked(call, 1, 0);
  if (shape.length <= 1) return [[]];
  const [axis] = call.numbers(1);
  const place = axisOf(axis!, shape.length);
  if (place === undefined) {
    throw call.misfit(
      `Dimension (${axis}) must be in the range [${-shape.length}, ${shape.length}), where ${shape.length} ` +
        "is the number of dimensions in the input.",
    );
  }
  return [shape.filter((_, at) => at !== place)];
};

/** Images or rows, and the number of their channels. */
function channelsOf(call: OpCall): readonly [x: Shape, channels: number] {
  if (call.text("data_format") === "NHWC") {
    const x = rankedAtLeast(call, 0, 2);
    return [x, x.at(-1)!];
  }
  const x = rankedAtLeast(call, 0, 3);
  return [x, x[1]!];
}

const withBias: ShapeRule = (call) => {
  const [x, channels] = channelsOf(call);
  requireEqual(call, ranked(call, 1, 1)[0]!, channels);
  return [x];
};

const LAYOUT = "data_format:text{NHWC|NCHW}=NHWC";

/** Ops that sum or compare along axes. */
export const REDUCTIONS: OpTable = {
  ...ops("Sum Mean Prod Max Min EuclideanNorm", "T:number, Tidx:index -> T; keep_dims:bool=false", reduced),
  ...ops("All Any", "bool, Tidx:index -> bool; keep_dims:bool=false", reduced),
  ...ops("ArgMax ArgMin", "T:value, Tidx:index -> output_type:index=int64", placeAlong),
  ...ops(
    "Cumsum Cumprod",
    "T:number, Tidx:index -> T; exclusive:bool=false reverse:bool=false",
    ({ shapes }) => [shapes[0]!],
  ),
  ...ops("L2Loss", "T:float -> T", () => [[]]),
  ...ops("BiasAdd", `T:number, T -> T; ${LAYOUT}`, withBias),
  ...ops("BiasAddGrad", `T:number -> T; ${LAYOUT}`, (call) => [[channelsOf(call)[1]]]),
};
