import { l2Normalize } from "@tssl/core";
import {
  assertClose,
  type Generated,
  generatedAll,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
  unitRows,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { ntXent } from "./nt-xent.ts";

type Rows = number[][];

interface Case {
  readonly name: string;
  readonly temperature: number;
  readonly inputs: Record<"first" | "second", Generated>;
  readonly loss: number;
  readonly gradients: Record<"first" | "second", number[]>;
}
const { cases } = readGolden<{ cases: Case[] }>(new URL("../fixtures/nt-xent.json", import.meta.url));

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Algorithm 1 of arXiv:2002.05709 in loops and float64. */
function byHand(first: Rows, second: Rows, temperature: number): number {
  const z = [...first, ...second];
  const n = first.length;
  const losses = z.map((row, i) => {
    const similarity = (k: number) => Math.exp(dot(row, z[k]!) / temperature);
    const others = z.reduce((sum, _, k) => (k === i ? sum : sum + similarity(k)), 0);
    return -Math.log(similarity((i + n) % (2 * n)) / others);
  });
  return losses.reduce((sum, x) => sum + x, 0) / (2 * n);
}

const result = (first: Rows, second: Rows, temperature: number) =>
  tf.tidy(() => {
    const { loss, accuracy } = ntXent({
      first: tf.tensor2d(first),
      second: tf.tensor2d(second),
      temperature,
    });
    return { loss: loss.dataSync()[0]!, accuracy: accuracy.dataSync()[0]! };
  });

beforeAll(() => startEngine({ device: "cpu" }));

describe("ntXent values", () => {
  it.each(cases)("equal PyTorch's: $name", ({ temperature, inputs, loss, gradients }) => {
    const { first, second } = generatedAll(inputs) as Record<"first" | "second", tf.Tensor2D>;
    const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) => {
      const rows = { first: l2Normalize(a as tf.Tensor2D), second: l2Normalize(b as tf.Tensor2D) };
      return ntXent({ ...rows, temperature }).loss;
    })([first, second]);
    assertClose(value, [loss], 1e-6, "loss");
    assertClose(grads[0]!, gradients.first, 1e-5, "gradient of the first view");
    assertClose(grads[1]!, gradients.second, 1e-5, "gradient of the second view");
  });

  it("are the paper's algorithm on generated input", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0.1, 0.5, 1), fc.integer({ min: 2, max: 5 }), (seed, t, n) => {
        const [first, second] = [unitRows(`a${seed}`, n), unitRows(`b${seed}`, n)];
        const want = byHand(first, second, t);
        expect(Math.abs(result(first, second, t).loss - want)).toBeLessThan(1e-5 * Math.max(1, want));
      }),
    );
  });

  it("are log(2N - 1) where all rows coincide, and symmetric in the views", () => {
    const same = Array<number[]>(4).fill([0.6, 0.8, 0]);
    expect(result(same, same, 0.1).loss).toBeCloseTo(Math.log(7), 5);
    const [first, second] = [unitRows("first", 4), unitRows("second", 4)];
    expect(result(second, first, 0.5).loss).toBeCloseTo(result(first, second, 0.5).loss, 6);
  });

  it("never compare a row with itself", () => {
    // Were they, each row would be nearest to itself, its similarity 1 against the positive's -1.
    expect(result([[1, 0]], [[-1, 0]], 0.01)).toEqual({ loss: 0, accuracy: 1 });
  });

  it("count the rows that are nearest to their other view", () => {
    const [x, y] = [[1, 0], [0, 1]]; // prettier-ignore
    expect(result([x, y], [x, y], 0.5).accuracy).toBe(1);
    expect(result([x, y], [y, x], 0.5).accuracy).toBe(0);
  });
});

describe("ntXent", () => {
  it("has the gradient of the paper's algorithm in both views", () => {
    const sides = { first: unitRows("first", 3), second: unitRows("second", 3) };
    const rows = (flat: ArrayLike<number>): Rows => [0, 3, 6].map((at) => Array.from(flat).slice(at, at + 3));
    const gradients = tf.grads(
      (first, second) =>
        ntXent({ first: first as tf.Tensor2D, second: second as tf.Tensor2D, temperature: 0.5 }).loss,
    )([tf.tensor2d(sides.first), tf.tensor2d(sides.second)]);
    const numeric = (side: "first" | "second") =>
      numericGradient(
        (x) => {
          const { first, second }: typeof sides = { ...sides, [side]: rows(x) };
          return byHand(first, second, 0.5);
        },
        sides[side].flat(),
        1e-6,
      );
    assertClose(gradients[0]!, numeric("first"), 1e-5);
    assertClose(gradients[1]!, numeric("second"), 1e-5);
  });

  it("leaves two tensors behind, its results", () => {
    const rows = tf.tensor2d(unitRows("rows", 3));
    expect(tensorsLeft(() => ntXent({ first: rows, second: rows, temperature: 0.5 }))).toBe(2);
  });

  it("says what is wrong with its input", async () => {
    const [a, b] = [tf.ones<tf.Rank.R2>([2, 3]), tf.ones<tf.Rank.R2>([2, 4])];
    expect(await refusal(() => ntXent({ first: a, second: b, temperature: 1 }))).toBe(
      "SHAPE_MISMATCH: ntXent: second must have shape [2, 3] (same as first), got [2, 4].",
    );
    expect(await refusal(() => ntXent({ first: a, second: a, temperature: 0 }))).toBe(
      "INVALID_OPTION: temperature must be > 0, got 0.",
    );
  });
});
