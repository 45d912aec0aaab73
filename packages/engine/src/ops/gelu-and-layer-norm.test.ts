import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { assertClose, type Generated, generatedAll, readGolden, tensorsLeft } from "../testing/index.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";

interface Case<Input extends string> {
  name: string;
  epsilon: number;
  inputs: Record<Input | "dy", Generated>;
  outputs: Record<string, { values: number[] }>;
}
const golden = readGolden<{ gelu: Case<"x">[]; channelNorm: Case<"x" | "gamma" | "beta">[] }>(
  new URL("../../fixtures/operations.json", import.meta.url),
);

beforeAll(() => startEngine({ device: "cpu" }));

describe("gelu", () => {
  it.each(golden.gelu)("matches PyTorch: $name", ({ inputs, outputs }) => {
    const { x, dy } = generatedAll(inputs);
    assertClose(gelu(x), outputs["y"]!.values, 1e-6, "y");
    assertClose(tf.grad((a) => gelu(a))(x, dy), outputs["dx"]!.values, 1e-6, "dx");
  });

  it("is x far to the right and nothing far to the left, with gradients 1 and 0", () => {
    const x = tf.tensor1d([-40, 0, 40]);
    expect([...gelu(x).dataSync()].map((value) => value + 0)).toEqual([0, 0, 40]);
    expect(
      [
        ...tf
          .grad((a) => gelu(a))(x)
          .dataSync(),
      ].map((value) => value + 0),
    ).toEqual([0, 0.5, 1]);
  });

  it("leaves one tensor, the result", () => {
    const x = tf.tensor1d([1, 2]);
    expect(tensorsLeft(() => gelu(x))).toBe(1);
  });
});

describe("layer norm over channels", () => {
  const normalized =
    (epsilon: number) =>
    (...[x, gamma, beta]: tf.Tensor[]) =>
      layerNorm(x!, { gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D }, { epsilon, axes: [-1] });

  it.each(golden.channelNorm)("matches PyTorch: $name", ({ inputs, outputs, epsilon }) => {
    const { x, gamma, beta, dy } = generatedAll(inputs);
    assertClose(normalized(epsilon)(x, gamma, beta), outputs["y"]!.values, 1e-6, "y");
    const gradients = tf.grads(normalized(epsilon))([x, gamma, beta], dy);
    for (const [i, name] of ["dx", "dgamma", "dbeta"].entries()) {
      assertClose(gradients[i]!, outputs[name]!.values, 2e-6, name);
    }
  });

  it("leaves one tensor, the result", () => {
    const inputs = [tf.tensor2d([[1, 2]]), tf.tensor1d([1, 1]), tf.tensor1d([0, 0])];
    expect(tensorsLeft(() => normalized(1e-6)(...inputs))).toBe(1);
  });
});
