import type { NodeMessage } from "../compile/graph-messages.ts";
import type { RecordedValue } from "../compile/record.ts";
import { sizeOf } from "../shapes/shape.ts";

/**
 * Where the filter, and the result of the forward pass or its gradient, are: an input by its place, or the
 * output.
 */
const CONVOLUTIONS: Readonly<Record<string, { filter: number | "output"; result: number | "output" }>> = {
  Conv2D: { filter: 1, result: "output" },
  Conv2DBackpropInput: { filter: 1, result: 2 },
  Conv2DBackpropFilter: { filter: "output", result: 2 },
  TsslConv3x3: { filter: 1, result: "output" },
  TsslConv3x3InputGradient: { filter: 0, result: 1 },
  TsslConv3x3FilterGradient: { filter: "output", result: 1 },
  DepthwiseConv2dNative: { filter: 1, result: "output" },
  DepthwiseConv2dNativeBackpropInput: { filter: 1, result: 2 },
  DepthwiseConv2dNativeBackpropFilter: { filter: "output", result: 2 },
};

/**
 * Floating-point operations of a convolution or a matrix product, each multiplication and each addition
 * counted as one.
 *
 *     convolution, and either of its gradients   2 N H W K K Cin Cout   H, W: of the result;
 *                                                                       padding counts like pixels; by
 *                                                                       Winograd too, which does fewer
 *     depthwise convolution                      2 N H W K K Cout
 *     [M, K] x [K, N]                            2 M K N                times the batch
 *
 * @returns 0 for every other op; those are limited by memory, not by arithmetic.
 */
export function flopsOf(
  { op, attr }: Pick<NodeMessage, "op" | "attr">,
  inputs: readonly RecordedValue[],
  output: RecordedValue,
): number {
  const convolution = CONVOLUTIONS[op];
  if (convolution !== undefined) {
    const at = (place: number | "output") => (place === "output" ? output : inputs[place]!);
    const filter = at(convolution.filter);
    const [inner, last] = filter.shape.slice(-2) as [number, number];
    // A depthwise filter is [K, K, Cin, multiplier]: each of its values makes one channel of the result.
    const channels = op.startsWith("Depthwise") ? inner * last : last;
    return (2 * sizeOf(filter.shape) * sizeOf(at(convolution.result).shape)) / channels;
  }
  if (/^(_Fused)?(Batch)?MatMul(V\d)?$/.test(op)) {
    const transposed = attr["transpose_a"]?.b === true || attr["adj_x"]?.b === true;
    return 2 * sizeOf(output.shape) * inputs[0]!.shape.at(transposed ? -2 : -1)!;
  }
  return 0;
}
