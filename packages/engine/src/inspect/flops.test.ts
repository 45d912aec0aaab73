import { describe, expect, it } from "vitest";

import { flopsOf } from "./flops.ts";

const float = (...shape: number[]) => ({ dtype: "float32", shape });
const sizes = { dtype: "int32", shape: [4] };
const conv = (op: string) => ({ op, attr: {} });

describe("flopsOf", () => {
  // 2 images, result 6 x 5, filters 3 x 3 from 4 to 8 channels.
  const expected = 2 * 2 * 6 * 5 * 3 * 3 * 4 * 8;
  const [images, filter, result] = [float(2, 12, 10, 4), float(3, 3, 4, 8), float(2, 6, 5, 8)];

  it("counts 2 N H W K K Cin Cout for a convolution and both of its gradients", () => {
    expect(expected).toBe(34_560);
    expect(flopsOf(conv("Conv2D"), [images, filter], result)).toBe(expected);
    expect(flopsOf(conv("Conv2DBackpropInput"), [sizes, filter, result], images)).toBe(expected);
    expect(flopsOf(conv("Conv2DBackpropFilter"), [images, sizes, result], filter)).toBe(expected);
  });

  it("counts 2 N H W K K Cout for a depthwise convolution and both of its gradients", () => {
    const [deep, wide] = [float(3, 3, 4, 2), float(2, 6, 5, 8)];
    const each = 2 * 2 * 6 * 5 * 3 * 3 * 8;
    expect(flopsOf(conv("DepthwiseConv2dNative"), [images, deep], wide)).toBe(each);
    expect(flopsOf(conv("DepthwiseConv2dNativeBackpropInput"), [sizes, deep, wide], images)).toBe(each);
    expect(flopsOf(conv("DepthwiseConv2dNativeBackpropFilter"), [images, sizes, wide], deep)).toBe(each);
  });

  it.each([
    ["MatMul", {}, [7, 5], [5, 3], [7, 3], 2 * 7 * 5 * 3],
    ["MatMul", { transpose_a: { b: true } }, [5, 7], [5, 3], [7, 3], 2 * 7 * 5 * 3],
    ["MatMul", { transpose_b: { b: true } }, [7, 5], [3, 5], [7, 3], 2 * 7 * 5 * 3],
    ["BatchMatMulV2", {}, [4, 7, 5], [4, 5, 3], [4, 7, 3], 2 * 4 * 7 * 5 * 3],
    ["BatchMatMulV2", { adj_x: { b: true } }, [4, 5, 7], [4, 5, 3], [4, 7, 3], 2 * 4 * 7 * 5 * 3],
  ])("counts 2 M K N for %s with %o", (op, attr, a, b, product, flops) => {
    expect(flopsOf({ op, attr }, [float(...a), float(...b)], float(...product))).toBe(flops);
  });

  it("counts nothing for ops that only move or add", () => {
    expect(flopsOf(conv("Add"), [result, result], result)).toBe(0);
    expect(flopsOf(conv("FusedBatchNormV3"), [result], result)).toBe(0);
  });
});
