import {
  assertClose,
  fill,
  type Generated,
  modes,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
  unitRows,
} from "../testing/index.ts";
import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { instanceSoftmax, sampledSoftmax } from "./instance-softmax.ts";
import { l2Normalize } from "./l2-normalize.ts";

interface Case {
  readonly name: string;
  readonly temperature: number;
  readonly queries: Generated;
  readonly loss: number;
  readonly gradient: number[];
}
const golden = readGolden<{ bank: Generated; indices: number[]; softmax: Case[] }>(
  new URL("../../fixtures/instance-softmax.json", import.meta.url),
);

const host = ({ fill: name, shape, scale }: Generated) => ({
  values: fill(name, shape[0]! * shape[1]!, scale),
  shape,
});

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(golden.softmax)("with $name", (want) => {
  it.each(modes)("loss and gradient equal PyTorch's: mode %s", async (mode) => {
    const { temperature } = want;
    const program = createProgram({ state: {}, mode });
    const step = program.compile("step", (inputs) => {
      const raw = inputs["queries"] as tf.Tensor2D;
      const [bank, indices] = [inputs["bank"] as tf.Tensor2D, inputs["indices"] as tf.Tensor1D];
      const lossOf = (rows: tf.Tensor) => {
        const queries = l2Normalize(rows as tf.Tensor2D);
        return instanceSoftmax({ queries, bank, indices, temperature }).loss;
      };
      return {
        loss: lossOf(raw),
        gradient: tf.grad(lossOf)(raw),
      };
    });
    const got = await step.run({
      queries: host(want.queries),
      bank: host(golden.bank),
      indices: { values: Int32Array.from(golden.indices), shape: [golden.indices.length] },
    });
    assertClose(got["loss"]!.values, [want.loss], 1e-5, "loss");
    assertClose(got["gradient"]!.values, want.gradient, 1e-5, "gradient");
    await program.dispose();
  });
});

type Rows = number[][];
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Eq. 2 and 3 of arXiv:1805.01978 in loops and float64, the mean over the batch. */
function byHand(queries: Rows, bank: Rows, indices: readonly number[], temperature: number): number {
  const losses = queries.map((q, b) => {
    const all = bank.reduce((sum, v) => sum + Math.exp(dot(v, q) / temperature), 0);
    return -Math.log(Math.exp(dot(bank[indices[b]!]!, q) / temperature) / all);
  });
  return losses.reduce((sum, x) => sum + x, 0) / queries.length;
}

const input = (queries: Rows, bank: Rows, indices: readonly number[], temperature = 0.5) => ({
  queries: tf.tensor2d(queries),
  bank: tf.tensor2d(bank),
  indices: tf.tensor1d([...indices], "int32"),
  temperature,
});

describe("instanceSoftmax", () => {
  it("is the paper's equation on generated input", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0.07, 0.5), fc.integer({ min: 1, max: 6 }), (seed, t, n) => {
        const [queries, bank] = [unitRows(`q${seed}`, 3), unitRows(`v${seed}`, n)];
        const indices = [seed % n, (seed + 1) % n, 0];
        const want = byHand(queries, bank, indices, t);
        const got = tf.tidy(() => instanceSoftmax(input(queries, bank, indices, t)).loss.dataSync()[0]!);
        expect(Math.abs(got - want)).toBeLessThan(1e-5 * Math.max(1, want));
      }),
    );
  });

  it("has the gradient of the paper's equation in the queries", () => {
    const [queries, bank] = [unitRows("q", 2), unitRows("v", 5)];
    const lossOf = (rows: tf.Tensor) =>
      instanceSoftmax({ ...input(queries, bank, [4, 0]), queries: rows as tf.Tensor2D }).loss;
    const rows = (x: ArrayLike<number>): Rows => [0, 3].map((at) => Array.from(x).slice(at, at + 3));
    const numeric = numericGradient((x) => byHand(rows(x), bank, [4, 0], 0.5), queries.flat(), 1e-6);
    assertClose(tf.grad(lossOf)(tf.tensor2d(queries)), numeric, 1e-5);
  });

  it("is log N where all rows coincide, and finite at temperature 0.01", () => {
    const same = Array<number[]>(7).fill([0.6, 0.8]);
    const { loss } = instanceSoftmax(input([[0.6, 0.8]], same, [2], 0.07));
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(7), 5);
    const opposite = input([[1, 0]], [[1, 0], [-1, 0]], [1], 0.01); // prettier-ignore
    expect(instanceSoftmax(opposite).loss.dataSync()[0]).toBeCloseTo(200, 3);
  });

  it("counts the queries that are nearest to their own row", () => {
    const bank = [[1, 0], [0, 1], [-1, 0]]; // prettier-ignore
    const { accuracy } = instanceSoftmax(input([[1, 0], [0, 1]], bank, [0, 2])); // prettier-ignore
    expect(accuracy.dataSync()[0]).toBe(0.5);
  });

  it("leaves two tensors behind, its results", () => {
    const made = input(unitRows("q", 2), unitRows("v", 3), [0, 1]);
    expect(tensorsLeft(() => instanceSoftmax(made))).toBe(2);
  });

  it("says what is wrong with its input", async () => {
    const made = input(unitRows("q", 2), unitRows("v", 3), [0, 1]);
    expect(await refusal(() => instanceSoftmax({ ...made, bank: tf.zeros([3, 2]) }))).toBe(
      "SHAPE_MISMATCH: instanceSoftmax: bank must have shape [N, 3] (D of queries), got [3, 2].",
    );
    expect(await refusal(() => instanceSoftmax({ ...made, indices: tf.zeros([3], "int32") }))).toBe(
      "SHAPE_MISMATCH: instanceSoftmax: indices must have shape [2] (B of queries), got [3].",
    );
    expect(await refusal(() => instanceSoftmax({ ...made, temperature: -1 }))).toBe(
      "INVALID_OPTION: temperature must be > 0, got -1.",
    );
  });
});

describe("sampledSoftmax", () => {
  it("is the whole bank's where every other row is drawn once", () => {
    const [queries, bank] = [unitRows("q", 2), unitRows("v", 4)];
    const others = [0, 1].map((own) => bank.filter((_, row) => row !== own));
    const { loss } = sampledSoftmax({
      queries: tf.tensor2d(queries),
      own: tf.tensor2d(bank.slice(0, 2)),
      sampled: tf.tensor3d(others),
      temperature: 0.1,
    });
    assertClose(loss, instanceSoftmax(input(queries, bank, [0, 1], 0.1)).loss, 1e-6);
  });

  it("leaves two tensors behind, its results", () => {
    const [queries, own] = [tf.tensor2d(unitRows("q", 1)), tf.tensor2d(unitRows("v", 1))];
    const sampled = tf.tensor3d([unitRows("s", 3)]);
    expect(tensorsLeft(() => sampledSoftmax({ queries, own, sampled, temperature: 1 }))).toBe(2);
  });
});
