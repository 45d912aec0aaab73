import { ranked, requireEqual } from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import type { Shape } from "./shape.ts";
import { layoutOf } from "./windows.ts";

/** The images of an input, and the length of a vector with one number for each channel of them. */
function imagesOf(call: OpCall, input: number): { readonly images: Shape; readonly channels: number } {
  const { channels, spatial } = layoutOf(call);
  const images = ranked(call, input, spatial.length + 2);
  return { images, channels: images[channels]! };
}

function requireVectors(call: OpCall, channels: number, inputs: readonly number[]): void {
  for (const input of inputs) requireEqual(call, channels, ranked(call, input, 1)[0]!);
}

/**
 * What batch norm keeps for its gradient has shapes of TensorFlow's own; on a CPU the last of it has no
 * values.
 */
const KEPT: Shape = [0];

const forward: ShapeRule = (call) => {
  const { images, channels } = imagesOf(call, 0);
  requireVectors(call, channels, call.bool("is_training") ? [1, 2] : [1, 2, 3, 4]);
  return [images, ...Array.from({ length: 4 }, () => [channels]), KEPT];
};

/** Of tfjs's own batch norm, with statistics that are given. */
const withoutKept: ShapeRule = (call) => forward(call).slice(0, 5);

const gradient: ShapeRule = (call) => {
  const { images, channels } = imagesOf(call, 0);
  imagesOf(call, 1);
  requireVectors(call, channels, [2, 3, 4]);
  return [images, [channels], [channels], KEPT, KEPT];
};

const FLAT = "epsilon:float=0.0001 data_format:text{NHWC|NCHW}=NHWC is_training:bool=true";
const OPTIONS = "epsilon:float=0.0001 data_format:text{NHWC|NCHW|NDHWC|NCDHW}=NHWC is_training:bool=true";

/** Batch normalization and its gradient. */
export const BATCH_NORM: OpTable = {
  ...ops(
    "FusedBatchNorm",
    `T:float32, T, T, T, T -> T, T, T, T, T; exponential_avg_factor:float=1 ${FLAT}`,
    withoutKept,
  ),
  ...ops(
    "FusedBatchNormV3",
    `T:float, U:float, U, U, U -> T, U, U, U, U, U; exponential_avg_factor:float=1 ${OPTIONS}`,
    forward,
  ),
  ...ops(
    "FusedBatchNormGradV3",
    `T:float, T, float32, U:float32, U, U -> T, U, U, U, U; ${OPTIONS}`,
    gradient,
  ),
};
