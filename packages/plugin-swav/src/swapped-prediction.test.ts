import { l2Normalize } from "@tssl/core";
import {
  assertClose,
  fill,
  type Generated,
  generatedAll,
  modes,
  numbersOf,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
} from "@tssl/core/testing";
import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { sinkhorn } from "./sinkhorn.ts";
import { swappedPrediction, type SwappedPredictionInput } from "./swapped-prediction.ts";

interface Case {
  readonly name: string;
  readonly crops: number;
  readonly temperature: number;
  readonly epsilon: number;
  readonly embeddings: Generated;
  readonly prototypes: Generated;
  readonly queue?: Generated;
  readonly loss: number;
  readonly gradients: Record<"embeddings" | "prototypes", number[]>;
}
const { losses: cases } = readGolden<{ losses: Case[] }>(
  new URL("../fixtures/swav-losses.json", import.meta.url),
);

beforeAll(() => startEngine({ device: "cpu" }));

/** A whole loss of raw embeddings of all crops and raw prototypes, codes and all. */
function lossOf(embeddings: tf.Tensor, prototypes: tf.Tensor, queue: tf.Tensor | undefined, golden: Case) {
  const { crops, epsilon, temperature } = golden;
  const directions = l2Normalize(prototypes as tf.Tensor2D);
  const scoresOf = (rows: tf.Tensor) =>
    tf.matMul<tf.Tensor2D>(l2Normalize(rows as tf.Tensor2D), directions, false, true);
  const scores = tf.split<tf.Tensor2D>(scoresOf(embeddings), crops);
  const queued = queue === undefined ? [] : tf.split<tf.Tensor2D>(scoresOf(queue), 2);
  const codes = [0, 1].map((i) =>
    sinkhorn({ scores: scores[i]!, queued: queued[i], epsilon, iterations: 3 }),
  );
  return swappedPrediction({ scores, codes, temperature }).loss;
}

describe.each(modes.map((mode) => ({ mode })))("in mode $mode", ({ mode }) => {
  it.each(cases)("loss and gradients equal PyTorch's and lightly's: $name", async (golden) => {
    const { embeddings, prototypes, queue, loss, gradients } = golden;
    const program = createProgram({ state: {}, mode });
    const step = program.compile("swav", (inputs) => {
      const { value, grads } = tf.valueAndGrads((rows: tf.Tensor, directions: tf.Tensor) =>
        lossOf(rows, directions, inputs["queue"], golden),
      )([inputs["embeddings"]!, inputs["prototypes"]!]);
      return { loss: value, embeddings: grads[0]!, prototypes: grads[1]! };
    });
    const recipes: Record<string, Generated> = { embeddings, prototypes };
    if (queue !== undefined) recipes["queue"] = queue;
    const inputs = Object.entries(generatedAll(recipes)).map(([name, tensor]) => [
      name,
      { values: numbersOf(tensor) as Float32Array, shape: tensor.shape },
    ]);
    const got = await step.run(Object.fromEntries(inputs) as Parameters<typeof step.run>[0]);
    assertClose(got["loss"]!.values, [loss], 1e-5, "loss");
    assertClose(got["embeddings"]!.values, gradients.embeddings, 1e-4, "gradient of the embeddings");
    assertClose(got["prototypes"]!.values, gradients.prototypes, 1e-4, "gradient of the prototypes");
    await program.dispose();
  });
});

type Rows = number[][];
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Eq. 1, 2 and 6 of arXiv:2006.09882 in loops and float64. */
function byHand(scores: readonly Rows[], codes: readonly Rows[], temperature: number): number {
  const subloss = (z: Rows, q: Rows) =>
    mean(
      z.map((row, image) => {
        const all = row.reduce((sum, score) => sum + Math.exp(score / temperature), 0);
        return row.reduce((sum, s, k) => sum - q[image]![k]! * Math.log(Math.exp(s / temperature) / all), 0);
      }),
    );
  return mean(codes.map((q, i) => mean(scores.filter((_, v) => v !== i).map((z) => subloss(z, q)))));
}

const scoresOf = (name: string, images: number, prototypes: number): Rows =>
  Array.from({ length: images }, (_, i) => Array.from(fill(`${name} ${i}`, prototypes, 1)));
const codesOf = (name: string, images: number, prototypes: number): Rows =>
  scoresOf(name, images, prototypes).map((row) => {
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    return row.map((x) => Math.exp(x) / total);
  });
const tensors = (all: readonly Rows[]) => all.map((rows) => tf.tensor2d(rows));

describe("swappedPrediction", () => {
  it("is the paper's equation on generated input", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 1, max: 2 }),
        fc.constantFrom(0.1, 0.5),
        (seed, crops, assigned, temperature) => {
          const scores = Array.from({ length: crops }, (_, v) => scoresOf(`s${seed} ${v}`, 3, 5));
          const codes = Array.from({ length: assigned }, (_, i) => codesOf(`q${seed} ${i}`, 3, 5));
          const want = byHand(scores, codes, temperature);
          const got = tf.tidy(
            () =>
              swappedPrediction({
                scores: tensors(scores),
                codes: tensors(codes),
                temperature,
              }).loss.dataSync()[0]!,
          );
          expect(Math.abs(got - want)).toBeLessThan(1e-5 * Math.max(1, want));
        },
      ),
    );
  });

  it("is log K where predictions are uniform, whatever the codes", () => {
    const scores = [0, 1, 2].map(() => tf.fill<tf.Rank.R2>([2, 7], 0.3));
    const { loss } = swappedPrediction({ scores, codes: tensors([codesOf("q", 2, 7)]), temperature: 0.1 });
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(7), 5);
  });

  it("is the temperature's smallest where every crop has all of the code's prototype", () => {
    const one = [[1, -1], [-1, 1]]; // prettier-ignore
    const codes = [[1, 0], [0, 1]]; // prettier-ignore
    const { loss, accuracy } = swappedPrediction({
      scores: tensors([one, one]),
      codes: tensors([codes, codes]),
      temperature: 0.5,
    });
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log1p(Math.exp(-4)), 6);
    expect(accuracy.dataSync()[0]).toBe(1);
  });

  it("stays finite where a probability underflows", () => {
    const far = [[1, -1]]; // prettier-ignore
    const { loss } = swappedPrediction({
      scores: tensors([far, far]),
      codes: tensors([[[0, 1]]]),
      temperature: 0.01,
    });
    expect(loss.dataSync()[0]).toBeCloseTo(200, 3);
  });

  it("has the gradient of the paper's equation in every crop, and none in the crop of the only code", () => {
    const scores = [0, 1, 2].map((v) => scoresOf(`s${v}`, 2, 3));
    const codes = [codesOf("q0", 2, 3), codesOf("q1", 2, 3)];
    const rows = (x: ArrayLike<number>): Rows => [0, 3].map((at) => Array.from(x).slice(at, at + 3));
    const gradientsOf = (some: readonly Rows[]) =>
      tf.grads(
        (...each) =>
          swappedPrediction({ scores: each as tf.Tensor2D[], codes: tensors(some), temperature: 0.5 }).loss,
      );
    gradientsOf(codes)(tensors(scores)).forEach((gradient, v) => {
      const numeric = numericGradient(
        (x) => byHand(scores.with(v, rows(x)), codes, 0.5),
        scores[v]!.flat(),
        1e-6,
      );
      assertClose(gradient, numeric, 1e-5, `crop ${v}`);
    });
    const alone = tf.grad((first) => {
      const others = tensors(scores.slice(1));
      const all = { scores: [first as tf.Tensor2D, ...others], codes: tensors(codes.slice(0, 1)) };
      // Zero times the crop, so that it has a gradient at all.
      return tf.add(swappedPrediction({ ...all, temperature: 0.5 }).loss, tf.mul(tf.sum(first), 0));
    })(tf.tensor2d(scores[0]!));
    assertClose(alone, [0, 0, 0, 0, 0, 0], 0);
  });

  it("leaves two tensors behind, its results", () => {
    const scores = tensors([scoresOf("a", 2, 3), scoresOf("b", 2, 3)]);
    const codes = tensors([codesOf("q", 2, 3)]);
    expect(tensorsLeft(() => swappedPrediction({ scores, codes, temperature: 0.1 }))).toBe(2);
  });

  it.each<[() => Partial<SwappedPredictionInput>, string]>([
    [
      () => ({ scores: [tf.ones([2, 3]), tf.ones([2, 4])] }),
      "SHAPE_MISMATCH: swappedPrediction: scores[1] must have shape [2, 3] (same as scores[0]), got [2, 4].",
    ],
    [
      () => ({ codes: [tf.ones([3, 3])] }),
      "SHAPE_MISMATCH: swappedPrediction: codes[0] must have shape [2, 3] (same as scores[0]), got [3, 3].",
    ],
    [
      () => ({ scores: [tf.ones([2, 3])] }),
      "INVALID_OPTION: the number of scores must be >= 2, one of each crop, got 1.",
    ],
    [
      () => ({ codes: [] }),
      "INVALID_OPTION: the number of codes must be in 1 .. 2, the number of crops, got 0.",
    ],
    [() => ({ temperature: 0 }), "INVALID_OPTION: temperature must be > 0, got 0."],
  ])("says what is wrong with its input: %#", async (change, message) => {
    const input: SwappedPredictionInput = {
      scores: [tf.ones([2, 3]), tf.ones([2, 3])],
      codes: [tf.ones([2, 3])],
      temperature: 0.1,
      ...change(),
    };
    expect(await refusal(() => swappedPrediction(input))).toBe(message);
  });
});
