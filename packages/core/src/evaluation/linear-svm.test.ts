import { describe, expect, it } from "vitest";

import { type Generated, generated, readGolden } from "../testing/index.ts";
import { svmNotSolved } from "../messages/training.ts";
import type { Features } from "./extract-features.ts";
import { svmScores, type SvmProblem, trainLinearSvm } from "./linear-svm.ts";

const golden = readGolden<{
  train: Generated;
  positive: boolean[];
  test: Generated;
  solutions: {
    cost: number;
    weight: number[];
    bias: number;
    scores: number[];
    publishedScores: number[];
  }[];
}>(new URL("../../fixtures/linear-svm.json", import.meta.url));

/** Rows of length 1, as the protocols make them. */
function unitFeatures(recipe: Generated): Features {
  const tensor = generated(recipe);
  const [count, dim] = recipe.shape as [number, number];
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  for (let row = 0; row < count; row++) {
    const own = values.subarray(row * dim, (row + 1) * dim);
    const length = Math.hypot(...own);
    own.forEach((value, j) => (own[j] = value / (length + 1e-5)));
  }
  return { values, count, dim };
}

const train = unitFeatures(golden.train);
const test = unitFeatures(golden.test);
const problem = (cost: number): SvmProblem => ({
  rows: Int32Array.from({ length: train.count }, (_, i) => i),
  positive: golden.positive,
  cost,
});
const farthest = (one: ArrayLike<number>, other: readonly number[]): number =>
  Math.max(...other.map((value, i) => Math.abs(one[i]! - value)));

/** The objective in plain loops, which share no code with the solver. */
function objective(weight: ArrayLike<number>, bias: number, { positive, cost }: SvmProblem): number {
  let value = bias * bias;
  for (let j = 0; j < train.dim; j++) value += weight[j]! ** 2;
  value /= 2;
  for (let i = 0; i < train.count; i++) {
    let score = bias;
    for (let j = 0; j < train.dim; j++) score += weight[j]! * train.values[i * train.dim + j]!;
    const y = positive[i]! ? 1 : -1;
    value += cost * (positive[i]! ? 2 : 1) * Math.max(0, 1 - y * score) ** 2;
  }
  return value;
}

describe.each(golden.solutions)("trainLinearSvm with C $cost", ({ cost, ...expected }) => {
  const svm = trainLinearSvm(train, problem(cost));

  it("is scikit-learn's LinearSVC, to 1e-5", () => {
    expect(farthest(svm.weight, expected.weight)).toBeLessThan(1e-5);
    expect(Math.abs(svm.bias - expected.bias)).toBeLessThan(1e-5);
    expect(farthest(svmScores(test, svm), expected.scores)).toBeLessThan(1e-5);
  });

  it.runIf(cost <= 10)("is LinearSVC as the protocols stop it, to 1e-5 of the largest score", () => {
    const largest = Math.max(...expected.scores.map(Math.abs));
    expect(farthest(svmScores(test, svm), expected.publishedScores)).toBeLessThan(1e-5 * largest);
  });

  it("is no worse by the objective than LinearSVC, nor than any point near it", () => {
    const own = objective(svm.weight, svm.bias, problem(cost));
    expect(own).toBeLessThanOrEqual(objective(expected.weight, expected.bias, problem(cost)) * (1 + 1e-9));
    for (let j = 0; j < train.dim; j++) {
      for (const step of [-1e-3, 1e-3]) {
        const moved = svm.weight.slice();
        moved[j]! += step;
        expect(objective(moved, svm.bias, problem(cost))).toBeGreaterThan(own);
      }
    }
  });

  it("is the same from another start", () => {
    const start = { weight: new Float64Array(train.dim).fill(3), bias: -2 };
    const other = trainLinearSvm(train, problem(cost), start);
    expect(farthest(other.weight, [...svm.weight])).toBeLessThan(2e-6);
  });
});

describe("trainLinearSvm", () => {
  it("learns from the rows that it is given, one twice where it is there twice", () => {
    const rows = Int32Array.of(3, 5, 5, 8, 9, 70);
    const positive = Array.from(rows, (row) => golden.positive[row]!);
    const values = new Float32Array(rows.length * train.dim);
    rows.forEach((row, i) => values.set(train.values.subarray(row * train.dim, (row + 1) * train.dim), i * train.dim)); // prettier-ignore
    const alone = trainLinearSvm(
      { values, count: rows.length, dim: train.dim },
      { rows: Int32Array.from({ length: rows.length }, (_, i) => i), positive, cost: 1 },
    );
    expect(trainLinearSvm(train, { rows, positive, cost: 1 })).toEqual(alone);
  });

  it("is refused where numbers are too large to come near the optimum", () => {
    const huge = { ...train, values: train.values.map((value) => value * 1e30) };
    expect(() => trainLinearSvm(huge, problem(1))).toThrow(svmNotSolved(1).message);
  });
});
