import { expect, it } from "vitest";

import { expectedCurve, meanInterval, predicted } from "./expected-curve.ts";
import { curveReceipt } from "./curve-receipt.test.data.ts";

it("a band holds one more run: mean ± t s sqrt(1 + 1/n)", () => {
  // Of 0.30, 0.32 and 0.34: mean 0.32, deviation 0.02, t 4.3027.
  const half = 4.30265273 * 0.02 * Math.sqrt(4 / 3);
  const { mean, low, high } = predicted([0.3, 0.32, 0.34]);
  expect([mean, low, high].map((x) => x.toFixed(8))).toEqual(
    [0.32, 0.32 - half, 0.32 + half].map((x) => x.toFixed(8)),
  );
});

it("the interval of a mean is mean ± t s / sqrt(n)", () => {
  const half = (4.30265273 * 0.02) / Math.sqrt(3);
  const { low, high } = meanInterval([0.3, 0.32, 0.34]);
  expect(low).toBeCloseTo(0.32 - half, 8);
  expect(high).toBeCloseTo(0.32 + half, 8);
});

it("has bands at the epochs that all runs have", () => {
  const receipt = curveReceipt();
  const [first, ...others] = receipt.tssl;
  const shorter = { ...first!, loss: first!.loss.slice(0, 1) };
  const curve = expectedCurve({ ...receipt, tssl: [shorter, ...others] })!;
  expect(curve.seeds).toBe(3);
  expect(curve.knn.map(({ epoch }) => epoch)).toEqual([0, 2]);
  expect(curve.loss.map(({ epoch }) => epoch)).toEqual([1]);
  expect(curve.loss[0]!.mean).toBeCloseTo(9, 12);
});

it("is none of two runs, whose scatter says too little", () => {
  const receipt = curveReceipt();
  expect(expectedCurve({ ...receipt, tssl: receipt.tssl.slice(1) })).toBeUndefined();
});
