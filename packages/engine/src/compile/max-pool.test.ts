import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { maxPool2d } from "../ops/max-pool2d.ts";
import { startEngine } from "../start.ts";
import { assertClose } from "../testing/index.ts";
import type { Step } from "./compiled-step.ts";
import { withRememberedMaxima } from "./max-pool.ts";
import {
  computePooling,
  pooling,
  poolingByDefinition,
  type PoolingCase,
  poolingCases,
  poolingInputs,
} from "./max-pool.test.cases.ts";
import { createProgram } from "./program.ts";
import { recordStep } from "./record.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(poolingCases)(
  "max pooling of $image, size $size, stride $stride, padding $padding",
  (example) => {
    it("is TensorFlow's and the definition's, to the bit", async () => {
      const computed = await computePooling(example, "graph");
      expect(computed).toEqual(poolingByDefinition(example));
      expect(computed).toEqual(await computePooling(example, "eager"));
    });

    it("is the same by XLA, which does not hand it back", async () => {
      const computed = await computePooling(example, "xla");
      expect(computed.y).toEqual(poolingByDefinition(example).y);
      assertClose(computed.dx, poolingByDefinition(example).dx, 1e-6);
    });
  },
);

describe("max pooling", () => {
  it("hands NaN on", async () => {
    const example: PoolingCase = { image: [1, 4, 4, 17], size: 2, stride: 2, padding: 0 };
    const inputs = poolingInputs(example);
    inputs.x.values[17] = NaN; // the second pixel of the first window, first channel
    const program = createProgram({ state: {}, mode: "graph" });
    const { y } = await program.compile("pooling", pooling(example)).run(inputs);
    await program.dispose();
    expect(y!.values[0]).toBeNaN();
    expect(y!.values.slice(1).every(Number.isFinite)).toBe(true);
  });

  const opsOf = (example: PoolingCase, step: Step = pooling(example)) =>
    withRememberedMaxima(recordStep(step, poolingInputs(example), {}))
      .nodes.map(({ op }) => op)
      .filter((op) => op.includes("MaxPool"));

  it("remembers nothing where there is no gradient", () => {
    const example = poolingCases[0]!;
    const forward: Step = ({ x }) => ({ y: maxPool2d(x as tf.Tensor4D, example) });
    const { nodes } = withRememberedMaxima(recordStep(forward, poolingInputs(example), {}));
    expect(nodes.map(({ op, attr }) => [op, attr["places"]])).toEqual([["TsslMaxPool", { i: 0 }]]);
    expect(opsOf(example)).toEqual(["TsslMaxPool", "TsslMaxPoolGradient"]);
  });

  it("stays TensorFlow's where a byte cannot say which place of the window it was", () => {
    const example: PoolingCase = { image: [1, 16, 16, 2], size: 16, stride: 1, padding: 0 };
    expect(opsOf(example)).toEqual(["MaxPool", "MaxPoolGrad"]);
  });
});
