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
import { beforeAll, describe, expect, it } from "vitest";

import { supervisedContrast, type SupervisedContrastInput } from "./supervised-contrast.ts";

interface Case {
  readonly name: string;
  readonly temperature: number;
  readonly labels: number[];
  readonly inputs: Record<"first" | "second", Generated>;
  readonly loss: number;
  readonly gradients: Record<"first" | "second", number[]>;
}
const golden = new URL("../fixtures/supervised-contrast.json", import.meta.url);
const { cases } = readGolden<{ cases: Case[] }>(golden);

type Rows = readonly (readonly number[])[];
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Eq. 2 of arXiv:2004.11362 in loops and float64. */
function byHand(first: Rows, second: Rows, labels: readonly number[], temperature: number): number {
  const z = [...first, ...second];
  const n = first.length;
  const losses = z.map((row, i) => {
    const positives = z.flatMap((_, p) => {
      const sameClass = labels[p % n] === labels[i % n] && labels[i % n]! >= 0;
      return p !== i && (sameClass || p % n === i % n) ? [p] : [];
    });
    const all = z.reduce(
      (sum, other, a) => (a === i ? sum : sum + Math.exp(dot(row, other) / temperature)),
      0,
    );
    const logs = positives.map((p) => dot(row, z[p]!) / temperature - Math.log(all));
    return -logs.reduce((sum, x) => sum + x, 0) / positives.length;
  });
  return losses.reduce((sum, x) => sum + x, 0) / (2 * n);
}

const int32 = (values: readonly number[]) => tf.tensor1d([...values], "int32");
beforeAll(() => startEngine({ device: "cpu" }));

describe("supervisedContrast", () => {
  it.each(cases)("equals the authors' code: $name", ({ temperature, labels, inputs, loss, gradients }) => {
    const { first, second } = generatedAll(inputs) as Record<"first" | "second", tf.Tensor2D>;
    const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) => {
      const rows = { first: l2Normalize(a as tf.Tensor2D), second: l2Normalize(b as tf.Tensor2D) };
      return supervisedContrast({ ...rows, labels: int32(labels), temperature }).loss;
    })([first, second]);
    assertClose(value, [loss], 1e-6, "loss");
    assertClose(grads[0]!, gradients.first, 1e-5, "gradient of the first view");
    assertClose(grads[1]!, gradients.second, 1e-5, "gradient of the second view");
  });

  it("is the paper's equation, and has its gradient", () => {
    const [first, second] = [unitRows("first", 4), unitRows("second", 4)];
    const labels = [1, 0, 1, -1];
    const at = (rows: tf.Tensor) =>
      supervisedContrast({
        first: rows as tf.Tensor2D,
        second: tf.tensor2d(second),
        labels: int32(labels),
        temperature: 0.5,
      }).loss;
    assertClose(at(tf.tensor2d(first)), [byHand(first, second, labels, 0.5)], 1e-6);
    const rows = (flat: ArrayLike<number>) =>
      [0, 3, 6, 9].map((from) => Array.from(flat).slice(from, from + 3));
    const numeric = numericGradient((x) => byHand(rows(x), second, labels, 0.5), first.flat(), 1e-6);
    assertClose(tf.grad(at)(tf.tensor2d(first)), numeric, 1e-5);
  });

  it("is log of the other rows where all rows coincide", () => {
    const same = tf.tensor2d(Array<number[]>(4).fill([0.6, 0.8]));
    const loss = supervisedContrast({
      first: same,
      second: same,
      labels: int32([0, 1, 0, 2]),
      temperature: 0.1,
    }).loss;
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(7), 5);
  });

  it("counts the rows whose nearest one is of their class", () => {
    const rows = tf.tensor2d([[1, 0], [0, 1], [1, 0]]); // prettier-ignore
    const accuracy = (labels: number[], second = rows) =>
      supervisedContrast({
        first: rows,
        second,
        labels: int32(labels),
        temperature: 1,
      }).accuracy.dataSync()[0];
    expect(accuracy([0, 1, 0])).toBe(1);
    expect(accuracy([0, 1, 2], tf.neg(rows))).toBe(0);
    expect(accuracy([0, 1, 0], tf.neg(rows))).toBeCloseTo(2 / 3, 5);
  });

  it("leaves its results and nothing else behind", () => {
    const rows = tf.tensor2d(unitRows("rows", 3));
    const labels = int32([0, 0, 1]);
    expect(tensorsLeft(() => supervisedContrast({ first: rows, second: rows, labels, temperature: 1 }))).toBe(
      2,
    );
  });

  const ones = (rows: number, columns: number) => tf.ones<tf.Rank.R2>([rows, columns]);
  it.each<[() => Partial<SupervisedContrastInput>, string]>([
    [
      () => ({ second: ones(2, 4) }),
      "SHAPE_MISMATCH: supervisedContrast: second must have shape [2, 3] (same as first), got [2, 4].",
    ],
    [
      () => ({ labels: int32([1]) }),
      "SHAPE_MISMATCH: supervisedContrast: labels must have shape [2] (N of first), got [1].",
    ],
    [() => ({ temperature: 0 }), "INVALID_OPTION: temperature must be > 0, got 0."],
  ])("says what is wrong: %#", async (change, message) => {
    const input = { first: ones(2, 3), second: ones(2, 3), labels: int32([0, 1]), temperature: 1 };
    expect(await refusal(() => supervisedContrast({ ...input, ...change() }))).toBe(message);
  });
});
