import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readGolden } from "../testing/index.ts";
import { areaPrecision, elevenPointPrecision, stepPrecision } from "./average-precision.ts";

const golden = readGolden<{
  precisions: {
    positive: boolean[];
    scores: number[];
    area: number;
    elevenPoints: number;
    tied: number[];
    steps: number;
  }[];
}>(new URL("../../fixtures/linear-svm.json", import.meta.url));

/** VOC's devkit in plain loops: the best precision among all places whose recall is r or more. */
function reached(scores: readonly number[], positive: readonly boolean[], recall: number): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const all = positive.filter(Boolean).length;
  let [found, best] = [0, 0];
  for (const [place, image] of order.entries()) {
    if (positive[image]!) found++;
    if (found / all >= recall - 1e-9) best = Math.max(best, found / (place + 1));
  }
  return best;
}

const ranked = fc
  .uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 30 })
  .chain((scores) =>
    fc.record({
      scores: fc.constant(scores),
      positive: fc.array(fc.boolean(), { minLength: scores.length, maxLength: scores.length }),
    }),
  )
  .filter(({ positive }) => positive.includes(true));

describe("average precision", () => {
  it.each(golden.precisions)("is scikit-learn's: $positive.length images", (case_) => {
    expect(areaPrecision(case_.scores, case_.positive)).toBeCloseTo(case_.area, 7);
    expect(elevenPointPrecision(case_.scores, case_.positive)).toBeCloseTo(case_.elevenPoints, 7);
    expect(stepPrecision(case_.tied, case_.positive)).toBeCloseTo(case_.steps, 7);
  });

  it("is what the devkit's rule gives for any ranking", () => {
    fc.assert(
      fc.property(ranked, ({ scores, positive }) => {
        const all = positive.filter(Boolean).length;
        const at = (recall: number) => reached(scores, positive, recall);
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const recalls = Array.from({ length: all }, (_, i) => (i + 1) / all);
        const tenths = Array.from({ length: 11 }, (_, i) => i / 10);
        expect(areaPrecision(scores, positive)).toBeCloseTo(mean(recalls.map(at)), 9);
        expect(elevenPointPrecision(scores, positive)).toBeCloseTo(mean(tenths.map(at)), 9);
      }),
    );
  });

  it("is 1 where all positive images come first, and none where there are none", () => {
    for (const precision of [areaPrecision, elevenPointPrecision, stepPrecision]) {
      expect(precision([3, 2, 1], [true, true, false])).toBe(1);
      expect(precision([3, 2], [false, false])).toBeNull();
    }
  });

  it("takes the earlier of two images with one score first", () => {
    expect(areaPrecision([1, 1], [true, false])).toBe(1);
    expect(areaPrecision([1, 1], [false, true])).toBe(0.5);
    expect(stepPrecision([1, 1], [false, true])).toBe(0.5);
  });
});
