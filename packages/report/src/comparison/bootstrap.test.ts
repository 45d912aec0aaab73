import { describe, expect, it } from "vitest";

import { readGolden } from "@tssl/core/testing";
import { bootstrapMean, coverageOf } from "./bootstrap.ts";

const { cases, coverage } = readGolden<{
  cases: { name: string; values: number[]; low: number; high: number }[];
  coverage: Record<string, number>;
}>(new URL("../../fixtures/bootstrap.json", import.meta.url));

describe("bootstrapMean", () => {
  it.each(cases)("agrees with SciPy's: $name", ({ values, low, high }) => {
    const spread = Math.max(...values) - Math.min(...values);
    const interval = bootstrapMean(values)!;
    expect(Math.abs(interval.low - low)).toBeLessThan(0.03 * spread); // of 10,000 and 400,000 resamples
    expect(Math.abs(interval.high - high)).toBeLessThan(0.03 * spread);
  });

  it("agrees with the means of all resamples of four values", () => {
    const values = [0.3, -0.1, 0.55, 0.2];
    const means = Array.from({ length: 4 ** 4 }, (_, i) => {
      const drawn = [i & 3, (i >> 2) & 3, (i >> 4) & 3, i >> 6];
      return drawn.reduce((sum, at) => sum + values[at]!, 0) / 4;
    }).sort((a, b) => a - b);
    const { low, high } = bootstrapMean(values)!;
    // Between the exact 2 % and 3 %, and 97 % and 98 %: the drawn resamples scatter around the exact shares
    // by 0.16 %.
    expect(low).toBeGreaterThanOrEqual(means[Math.floor(0.02 * 256)]! - 1e-12);
    expect(low).toBeLessThanOrEqual(means[Math.ceil(0.03 * 256)]! + 1e-12);
    expect(high).toBeGreaterThanOrEqual(means[Math.floor(0.97 * 256)]! - 1e-12);
    expect(high).toBeLessThanOrEqual(means[Math.ceil(0.98 * 256)]! + 1e-12);
  });

  it("spans two values, is a point where all are equal, and is not there for one", () => {
    expect(bootstrapMean([2, 1])).toEqual({ low: 1, high: 2 });
    expect(bootstrapMean([0.5, 0.5, 0.5])).toEqual({ low: 0.5, high: 0.5 });
    expect(bootstrapMean([1])).toBeUndefined();
  });

  it("moves and grows with the values, and is the same again", () => {
    const { low, high } = bootstrapMean([1, 4, 2])!;
    expect(bootstrapMean([1, 4, 2])).toEqual({ low, high });
    expect(bootstrapMean([3, 9, 5])!.low).toBeCloseTo(2 * low + 1, 12);
    expect(bootstrapMean([3, 9, 5])!.high).toBeCloseTo(2 * high + 1, 12);
  });
});

it.each(Object.entries(coverage))(
  "an interval of %s values holds the true mean as often as is said",
  (count, share) => {
    expect(Math.abs(coverageOf(Number(count)) - share)).toBeLessThan(0.01);
  },
);
