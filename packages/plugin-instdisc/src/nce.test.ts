import { l2Normalize } from "@tssl/core";
import { sampledSoftmax } from "@tssl/core/contrast";
import {
  assertClose,
  fill,
  type Generated,
  generated,
  modes,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
  unitRows,
} from "@tssl/core/testing";
import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { nce, nceChance, type NceInput } from "./nce.ts";

interface GoldenStep {
  readonly queries: Generated;
  readonly loss: number;
  readonly z: number;
  readonly accuracy: number;
  readonly gradient: number[];
  readonly sampledSoftmax: { readonly loss: number; readonly gradient: number[] };
}
interface Case {
  readonly name: string;
  readonly temperature: number;
  readonly zMomentum: number;
  readonly drawn: number[][];
  readonly steps: readonly GoldenStep[];
}
const golden = readGolden<{ bank: Generated; indices: number[]; sampled: Case[] }>(
  new URL("../fixtures/instance-losses.json", import.meta.url),
);

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(golden.sampled)("with $name", ({ temperature, zMomentum, drawn, steps }) => {
  const rowsOf = (queries: tf.Tensor) => {
    const bank = generated(golden.bank) as tf.Tensor2D;
    return {
      queries: l2Normalize(queries as tf.Tensor2D),
      own: tf.gather(bank, tf.tensor1d(golden.indices, "int32")),
      sampled: tf.gather(bank, tf.tensor2d(drawn, undefined, "int32")) as unknown as tf.Tensor3D,
      temperature,
    };
  };

  it.each(modes)("nce equals the authors' code in PyTorch, step after step: mode %s", async (mode) => {
    const program = createProgram({ state: {}, mode });
    const step = program.compile("nce", ({ queries, z }) => {
      const at = (rows: tf.Tensor) =>
        nce({ ...rowsOf(rows), z: z as tf.Scalar, zMomentum, bankSize: golden.bank.shape[0]! });
      return { ...at(queries!), gradient: tf.grad((rows) => at(rows).loss)(queries!) };
    });
    let z = -1;
    for (const want of steps) {
      const { shape, scale } = want.queries;
      const queries = { values: fill(want.queries.fill, shape[0]! * shape[1]!, scale), shape };
      const got = await step.run({ queries, z: { values: Float32Array.of(z), shape: [] } });
      assertClose(got["loss"]!.values, [want.loss], 1e-5, "loss");
      assertClose(got["z"]!.values, [want.z], 1e-6, "z");
      expect(got["accuracy"]!.values[0]).toBe(want.accuracy);
      assertClose(got["gradient"]!.values, want.gradient, 1e-5, "gradient");
      z = got["z"]!.values[0]!;
    }
    await program.dispose();
  });

  it("sampledSoftmax equals PyTorch's", () => {
    for (const want of steps) {
      const at = (rows: tf.Tensor) => sampledSoftmax(rowsOf(rows));
      const queries = generated(want.queries);
      assertClose(at(queries).loss, [want.sampledSoftmax.loss], 1e-5, "loss");
      expect(at(queries).accuracy.dataSync()[0]).toBe(want.accuracy);
      assertClose(tf.grad((rows) => at(rows).loss)(queries), want.sampledSoftmax.gradient, 1e-5, "gradient");
    }
  });
});

type Rows = number[][];
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);

/** Eq. 4 to 7 of arXiv:1805.01978 in loops and float64: Monte Carlo Z, posteriors, objective. */
function byHand(q: Rows, v: Rows, drawn: Rows[], temperature: number, n: number, z?: number) {
  const exponentials = q.map((row, i) =>
    [v[i]!, ...drawn[i]!].map((candidate) => Math.exp(dot(row, candidate) / temperature)),
  );
  const normalizer = z ?? (n * sum(exponentials.flat())) / exponentials.flat().length;
  const noise = drawn[0]!.length / n;
  const losses = exponentials.map(([data, ...others]) => {
    const below = (e: number) => e / normalizer + noise + 1e-7;
    const ofData = -Math.log(data! / normalizer / below(data!));
    return ofData - sum(others.map((e) => Math.log(noise / below(e))));
  });
  return { loss: sum(losses) / q.length, z: normalizer };
}

const input = (q: Rows, v: Rows, drawn: Rows[], rest: Partial<NceInput> = {}): NceInput => ({
  queries: tf.tensor2d(q),
  own: tf.tensor2d(v),
  sampled: tf.tensor3d(drawn),
  temperature: 0.5,
  bankSize: 10,
  z: tf.scalar(-1),
  zMomentum: 1,
  ...rest,
});

describe("nce", () => {
  it("is the paper's equations on generated input", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(0.07, 0.5),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (seed, temperature, b, k) => {
          const [q, v] = [unitRows(`q${seed}`, b), unitRows(`v${seed}`, b)];
          const drawn = q.map((_, i) => unitRows(`d${seed} ${i}`, k));
          const want = byHand(q, v, drawn, temperature, 10);
          const got = tf.tidy(() => {
            const { loss, z } = nce(input(q, v, drawn, { temperature }));
            return { loss: loss.dataSync()[0]!, z: z.dataSync()[0]! };
          });
          expect(Math.abs(got.loss - want.loss)).toBeLessThan(1e-5 * Math.max(1, want.loss));
          expect(Math.abs(got.z / want.z - 1)).toBeLessThan(1e-5);
        },
      ),
    );
  });

  it("is nceChance where all rows coincide: z is then N times the common exponential", () => {
    const same = (count: number) => Array<number[]>(count).fill([0.6, 0.8]);
    const { loss, z } = nce(input(same(2), same(2), [same(5), same(5)], { temperature: 0.1, bankSize: 1e4 }));
    expect(z.dataSync()[0]! / (1e4 * Math.exp(10))).toBeCloseTo(1, 5);
    expect(loss.dataSync()[0]! / nceChance(5)).toBeCloseTo(1, 3); // but for the 1e-7
  });

  it("keeps a normalizer that does not move to the bit", () => {
    const z = Math.fround(123.456);
    const [q, v] = [unitRows("q", 2), unitRows("v", 2)];
    const next = nce(input(q, v, [unitRows("a", 3), unitRows("b", 3)], { z: tf.scalar(z) })).z;
    expect(next.dataSync()[0]).toBe(z);
  });

  it("has the gradient of the paper's equations in the queries, with z a constant", () => {
    const [q, v] = [unitRows("q", 2), unitRows("v", 2)];
    const drawn = [unitRows("a", 4), unitRows("b", 4)];
    const loss = (queries: tf.Tensor) => nce({ ...input(q, v, drawn), queries: queries as tf.Tensor2D }).loss;
    const { z } = byHand(q, v, drawn, 0.5, 10);
    const rows = (x: ArrayLike<number>): Rows => [0, 3].map((at) => Array.from(x).slice(at, at + 3));
    const numeric = numericGradient((x) => byHand(rows(x), v, drawn, 0.5, 10, z).loss, q.flat(), 1e-6);
    assertClose(tf.grad(loss)(tf.tensor2d(q)), numeric, 1e-5);
  });

  it("stays finite where probabilities underflow", () => {
    const { loss } = nce(input([[1, 0]], [[-1, 0]], [[[0, 1]]], { temperature: 0.02, z: tf.scalar(1e30) }));
    // The own row has P = e^-50 / 1e30 beside the noise's 0.1.
    expect(loss.dataSync()[0]).toBeCloseTo(50 + 30 * Math.log(10) + Math.log(0.1), 2);
  });

  it("leaves three tensors behind, its results", () => {
    const made = input(unitRows("q", 2), unitRows("v", 2), [unitRows("a", 3), unitRows("b", 3)]);
    expect(tensorsLeft(() => nce(made))).toBe(3);
  });

  it.each<[() => Partial<NceInput>, string]>([
    [
      () => ({ own: tf.zeros([3, 3]) }),
      "SHAPE_MISMATCH: nce: own must have shape [2, 3] (same as queries), got [3, 3].",
    ],
    [
      () => ({ sampled: tf.zeros([2, 4, 2]) }),
      "SHAPE_MISMATCH: nce: sampled must have shape [2, K, 3] (B and D of queries), got [2, 4, 2].",
    ],
    [() => ({ temperature: 0 }), "INVALID_OPTION: temperature must be > 0, got 0."],
    [() => ({ bankSize: 0 }), "INVALID_OPTION: bankSize must be >= 1, got 0."],
    [() => ({ zMomentum: 1.5 }), "INVALID_OPTION: zMomentum must be in 0 .. 1, got 1.5."],
  ])("says what is wrong with its input: %#", async (change, message) => {
    const drawn = [unitRows("a", 3), unitRows("b", 3)];
    const made = input(unitRows("q", 2), unitRows("v", 2), drawn, change());
    expect(await refusal(() => nce(made))).toBe(message);
  });
});

it.each([
  [1, 2 * Math.log(2)],
  [4096, 9.317888],
])("nceChance of %d rows", (negatives, nats) => {
  expect(nceChance(negatives)).toBeCloseTo(nats, 6);
});
