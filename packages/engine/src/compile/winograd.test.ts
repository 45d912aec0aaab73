import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { conv2d, type Conv2dOptions } from "../ops/conv2d.ts";
import { startEngine } from "../start.ts";
import { recordStep } from "./record.ts";
import { byWinograd } from "./winograd.ts";
import { expectDefinition, winogradCases, winogradConvolution } from "./winograd.test.cases.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(winogradCases)("a convolution by Winograd's filtering: $what", (size) => {
  it("is the convolution of the definition, and so are its gradients; the same bits each time", async () => {
    const { computed, sameAgain } = await winogradConvolution(size);
    expectDefinition(size, computed);
    expect(sameAgain).toBe(true);
  });
});

/** The convolution ops of a forward and backward pass once they were rewritten. */
function opsOf(image: readonly number[], filter: readonly number[], options: Conv2dOptions): string[] {
  const zeros = (shape: readonly number[]) => ({
    values: new Float32Array(shape.reduce((a, b) => a * b)),
    shape,
  });
  const recording = recordStep(
    ({ x, w }) => {
      const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.square(conv2d(a as tf.Tensor4D, b as tf.Tensor4D, options))),
      )([x!, w!]);
      return { dx: dx!, dw: dw! };
    },
    { x: zeros(image), w: zeros(filter) },
    {},
  );
  return byWinograd(recording)
    .nodes.map(({ op }) => op)
    .filter((op) => op.includes("Conv"));
}

describe("what is computed by Winograd's filtering", () => {
  const direct = ["Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"];
  const replaced = ["TsslConv3x3", "TsslConv3x3InputGradient", "TsslConv3x3FilterGradient"];

  it.each([
    ["a 3x3 convolution that keeps the size", [2, 16, 16, 64], [3, 3, 64, 64], replaced],
    ["another number of filters", [2, 16, 16, 32], [3, 3, 32, 96], replaced],
    ["channels that are no multiple of 32", [2, 16, 16, 80], [3, 3, 80, 64], direct],
    ["few channels", [2, 16, 16, 16], [3, 3, 16, 32], direct],
    ["few images", [1, 16, 16, 64], [3, 3, 64, 64], direct],
    ["images that fill their tiles badly", [16, 5, 5, 64], [3, 3, 64, 64], direct],
    ["two groups of channels", [2, 16, 16, 64], [3, 3, 32, 64], direct],
    ["1x1 filters", [2, 16, 16, 64], [1, 1, 64, 64], direct],
    ["5x5 filters", [2, 16, 16, 64], [5, 5, 64, 64], direct],
  ])("%s", (_what, image, filter, ops) => {
    expect(opsOf(image, filter, { padding: (filter[0]! - 1) / 2 })).toEqual(ops);
  });

  it("a stride is not, nor is an image without padding", () => {
    expect(opsOf([2, 16, 16, 64], [3, 3, 64, 64], { stride: 2, padding: 1 })).toEqual(direct);
    expect(opsOf([2, 16, 16, 64], [3, 3, 64, 64], {})).toEqual(direct);
  });
});
