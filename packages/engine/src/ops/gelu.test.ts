import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { assertClose, type Generated, generatedAll, readGolden, tensorsLeft } from "../testing/index.ts";
import { gelu } from "./gelu.ts";

interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<"x" | "dy", Generated>>;
  readonly outputs: Readonly<Record<"y" | "dx", { readonly values: number[] }>>;
}
const { gelu: cases } = readGolden<{ gelu: Case[] }>(
  new URL("../../fixtures/operations.json", import.meta.url),
);

beforeAll(() => startEngine({ device: "cpu" }));

describe("gelu", () => {
  it.each(cases)("matches PyTorch: $name", ({ inputs, outputs }) => {
    const { x, dy } = generatedAll(inputs);
    assertClose(gelu(x), outputs.y.values, 1e-6, "y");
    assertClose(tf.grad((a) => gelu(a))(x, dy), outputs.dx.values, 1e-6, "dx");
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
