import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, numbersOf, tensorsLeft } from "../testing/index.ts";
import { candidateLogits, leavingOut } from "./candidate-logits.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("candidateLogits", () => {
  const queries = () => tf.tensor2d([[1, 0], [0.6, 0.8]]); // prettier-ignore
  const candidates = () => tf.tensor2d([[1, 0], [0, 1], [-1, 0]]); // prettier-ignore

  it("is q . c / T for every pair", () => {
    const logits = candidateLogits({ queries: queries(), candidates: candidates(), temperature: 0.5 });
    assertClose(logits, [2, 0, -2, 1.2, 1.6, -1.2], 1e-6);
  });

  it("leaves out what is excluded: no probability and no gradient", () => {
    const excluded = tf.tensor2d([[1, 0, 0], [0, 0, 1]]); // prettier-ignore
    const probabilities = (q: tf.Tensor) =>
      tf.softmax(
        candidateLogits({ queries: q as tf.Tensor2D, candidates: candidates(), temperature: 1, excluded }),
      );
    const values = numbersOf(probabilities(queries()));
    expect([values[0], values[5]]).toEqual([0, 0]);
    const [a, b, c] = [0, -1].map(Math.exp).concat(0) as [number, number, number];
    assertClose(
      Array.from(values),
      [0, a / (a + b), b / (a + b), 1 / (1 + Math.exp(0.2)), 1 / (1 + Math.exp(-0.2)), c],
      1e-6,
    );
    // Query 0 no longer depends on how near it is to candidate 0: its gradient is that of candidates 1 and 2
    // alone.
    const dq = tf.grad((q) => tf.slice(probabilities(q), [0, 1], [1, 1]))(queries());
    const slope = (a * b) / (a + b) ** 2;
    assertClose(tf.slice(dq, [0, 0], [1, 2]), [slope, slope], 1e-5);
  });

  it("leaves one tensor, the result", () => {
    const input = {
      queries: queries(),
      candidates: candidates(),
      temperature: 1,
      excluded: tf.zeros([2, 3]),
    };
    expect(tensorsLeft(() => candidateLogits(input as Parameters<typeof candidateLogits>[0]))).toBe(1);
  });
});

describe("leavingOut", () => {
  it("marks each query's own candidate", () => {
    const mask = leavingOut(tf.tensor1d([1, 0, 3], "int32"), 4);
    expect(mask.arraySync()).toEqual([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]]); // prettier-ignore
    expect(mask.dtype).toBe("float32");
  });
});
