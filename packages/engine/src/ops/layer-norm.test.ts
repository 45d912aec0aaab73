import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import {
  assertClose,
  type Generated,
  generatedAll,
  numericGradient,
  readGolden,
  tensorsLeft,
} from "../testing/index.ts";
import { layerNorm } from "./layer-norm.ts";

interface Case {
  readonly name: string;
  readonly epsilon: number;
  readonly inputs: Readonly<Record<"x" | "gamma" | "beta" | "dy", Generated>>;
  readonly outputs: Readonly<Record<"y" | "dx" | "dgamma" | "dbeta", { readonly values: number[] }>>;
}
const { layerNorm: ofImages, channelNorm } = readGolden<Record<"layerNorm" | "channelNorm", Case[]>>(
  new URL("../../fixtures/operations.json", import.meta.url),
);
const EPSILON = { epsilon: 1e-5 };
const [gamma, beta] = [[1.3, 0.7], [0.2, -0.4]] as const; // prettier-ignore
const vectors = () => ({ gamma: tf.tensor1d([...gamma]), beta: tf.tensor1d([...beta]) });

/** Eq. 3 of arXiv:1607.06450 in loops, for images of `size` numbers, channel last of two. */
const byHand = (x: ArrayLike<number>, size: number): number[] =>
  Array.from({ length: x.length / size }, (_, n) => {
    const image = Array.from({ length: size }, (_, i) => x[n * size + i]!);
    const mean = image.reduce((sum, value) => sum + value, 0) / size;
    const variance = image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
    return image.map(
      (value, i) => (gamma[i % 2]! * (value - mean)) / Math.sqrt(variance + 1e-5) + beta[i % 2]!,
    );
  }).flat();

beforeAll(() => startEngine({ device: "cpu" }));

describe("layer norm", () => {
  it.each(ofImages)("matches PyTorch's group norm of one group: $name", ({ epsilon, inputs, outputs }) => {
    const { x, gamma, beta, dy } = generatedAll(inputs);
    const f = (...[a, g, b]: tf.Tensor[]) =>
      layerNorm(a as tf.Tensor4D, { gamma: g as tf.Tensor1D, beta: b as tf.Tensor1D }, { epsilon });
    assertClose(f(x, gamma, beta), outputs.y.values, 1e-5, "y");
    const [dx, dgamma, dbeta] = tf.grads(f)([x, gamma, beta], dy);
    assertClose(dx!, outputs.dx.values, 1e-5, "dx");
    assertClose(dgamma!, outputs.dgamma.values, 1e-5, "dgamma");
    assertClose(dbeta!, outputs.dbeta.values, 1e-5, "dbeta");
  });

  const shape: [number, number, number, number] = [3, 2, 1, 2];
  const values = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i * i) + i / 10);
  const weights = values.map((_, i) => Math.cos(3 * i));

  it("is the formula in loops, and has its gradient", () => {
    const x = tf.tensor4d(Float32Array.from(values), shape);
    assertClose(layerNorm(x, vectors(), EPSILON), byHand(values, 4), 1e-6);
    const dx = tf.grad((a) => layerNorm(a as tf.Tensor4D, vectors(), EPSILON))(
      x,
      tf.tensor4d(Float32Array.from(weights), shape),
    );
    const weighted = (at: Float64Array) =>
      byHand(at, 4).reduce((sum, value, i) => sum + value * weights[i]!, 0);
    assertClose(dx, numericGradient(weighted, values, 1e-6), 1e-5, "dx");
  });

  it("gives an image the same whatever stands beside it", () => {
    const x = tf.tensor4d(Float32Array.from(values), shape);
    const alone = tf.slice(x, [1, 0, 0, 0], [1, -1, -1, -1]);
    const among = tf.slice(layerNorm(x, vectors(), EPSILON), [1, 0, 0, 0], [1, -1, -1, -1]);
    expect(layerNorm(alone, vectors(), EPSILON).dataSync()).toEqual(among.dataSync());
  });

  it("leaves one tensor, the result", () => {
    const [x, state] = [tf.tensor4d(Float32Array.from(values), shape), vectors()];
    expect(tensorsLeft(() => layerNorm(x, state, EPSILON))).toBe(1);
    expect(tensorsLeft(() => tf.grad((a) => layerNorm(a as tf.Tensor4D, state, EPSILON))(x))).toBe(1);
  });
});

describe("layer norm over channels", () => {
  const normalized =
    (epsilon: number) =>
    (...[x, gamma, beta]: tf.Tensor[]) =>
      layerNorm(x!, { gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D }, { epsilon, axes: [-1] });

  it.each(channelNorm)("matches PyTorch: $name", ({ inputs, outputs, epsilon }) => {
    const { x, gamma, beta, dy } = generatedAll(inputs);
    assertClose(normalized(epsilon)(x, gamma, beta), outputs.y.values, 1e-6, "y");
    const gradients = tf.grads(normalized(epsilon))([x, gamma, beta], dy);
    for (const [i, name] of (["dx", "dgamma", "dbeta"] as const).entries()) {
      assertClose(gradients[i]!, outputs[name].values, 2e-6, name);
    }
  });

  it("leaves one tensor, the result", () => {
    const inputs = [tf.tensor2d([[1, 2]]), tf.tensor1d([1, 1]), tf.tensor1d([0, 0])];
    expect(tensorsLeft(() => normalized(1e-6)(...inputs))).toBe(1);
  });
});
