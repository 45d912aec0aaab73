import { expect, test } from "vitest";

import { isNoisy, nearestNumber, smoothed } from "./smoothing.ts";

const line = Array.from({ length: 200 }, (_, i) => 3 - i / 100);
const noisy = line.map((value, i) => value + (i % 2 === 0 ? 0.3 : -0.3));

test("smoothing leaves a straight line as it is, up to its ends", () => {
  smoothed(line, 0.02).forEach((value, i) => expect(value).toBeCloseTo(line[i]!, 10));
});

test("smoothing takes noise away and keeps gaps", () => {
  const gap = noisy.map((value, i) => (i === 50 ? null : value));
  const calm = smoothed(gap, 0.02);
  expect(calm[50]).toBeNull();
  calm.forEach((value, i) => {
    if (value !== null && i > 5 && i < 195) expect(Math.abs(value - line[i]!)).toBeLessThan(0.1);
  });
});

test("a few points, or a calm curve, are not smoothed", () => {
  expect(isNoisy(noisy)).toBe(true);
  expect(isNoisy(line)).toBe(false);
  expect(isNoisy(noisy.slice(0, 20))).toBe(false);
});

test("a cursor between the points of a curve reads the nearest one", () => {
  const values = [null, 3, undefined, undefined, 4, null];
  expect([0, 1, 2, 3, 5].map((at) => nearestNumber(values, at))).toEqual([1, 1, 1, 4, 4]);
  expect(nearestNumber([null, undefined], 1)).toBeNull();
});
