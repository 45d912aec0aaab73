import { describe, expect, it } from "vitest";

import { chooseRate, standardError, type TriedRate } from "./choose-rate.ts";

/** A rate of whose 500 held-out images so many are right, the first ones, each at the same loss. */
const tried = (learningRate: number, right: number, loss = 1.8, trainLoss = 1.7): TriedRate => ({
  learningRate,
  trainLoss,
  right: Array.from({ length: 500 }, (_, i) => i < right),
  losses: new Array<number>(500).fill(loss),
});

describe("chooseRate", () => {
  it("never takes a rate that ends worse than guessing, whatever its accuracy", () => {
    const rates = [tried(0.1, 188), tried(30, 190, 60, 77.9), tried(100, 195, 60, NaN)];
    expect(chooseRate(rates, 10)).toEqual({ learningRate: 0.1, asGood: [0.1] });
    expect(chooseRate(rates.slice(1), 10)).toBeUndefined();
  });

  it("takes one for features that say nothing", () => {
    expect(chooseRate([tried(0.1, 50, 2.31, 2.31), tried(30, 50, 60, 77.9)], 10)?.learningRate).toBe(0.1);
  });

  it("takes the smaller of what is as good within the noise", () => {
    // 0.1 and 1 differ in one image, which is one standard error.
    expect(chooseRate([tried(1, 190), tried(0.1, 189), tried(0.01, 150)], 10)).toEqual({
      learningRate: 0.1,
      asGood: [0.1, 1],
    });
  });

  it("takes none that learns too slowly, where accuracies cannot tell", () => {
    expect(chooseRate([tried(0.001, 189, 2.2), tried(0.1, 190, 1.8)], 10)).toEqual({
      learningRate: 0.1,
      asGood: [0.1],
    });
  });

  it("takes the larger where it is better by more than the noise", () => {
    expect(chooseRate([tried(0.1, 180), tried(1, 190)], 10)?.learningRate).toBe(1);
  });
});

it("standardError", () => {
  expect(standardError([1, 0, 1, 0])).toBeCloseTo(Math.sqrt(1 / 3 / 4), 12);
  expect(standardError([1])).toBe(0);
});
