import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { refusedWith } from "../testing/index.ts";
import { classification } from "./classification.ts";

describe("classification", () => {
  it("counts a small case as by hand", () => {
    const scores = Float32Array.of(3, 1, 0, 0, 2, 1, 5, 4, 0, 0, 0, 1);
    expect(classification(scores, Int32Array.of(0, 1, 1, 0), 3)).toEqual({
      images: 4,
      top1: 0.5,
      top5: null,
      balancedAccuracy: 0.5,
      largestClass: 0.5,
      perClass: [0.5, 0.5, null],
      confusion: [
        [1, 0, 1],
        [1, 1, 0],
        [0, 0, 0],
      ],
    });
  });

  it("goes to the lower class where scores are equal", () => {
    const equal = (label: number) =>
      classification(new Float32Array(3 * 7), new Int32Array(3).fill(label), 7);
    expect(equal(4).confusion[4]).toEqual([3, 0, 0, 0, 0, 0, 0]);
    expect(equal(4).top5).toBe(1);
    expect(equal(5).top5).toBe(0);
  });

  it("finds the best one and the best five as sorting does", () => {
    const rows = fc.array(
      fc.record({ scores: fc.uniqueArray(fc.integer(), { minLength: 8, maxLength: 8 }), label: fc.nat(7) }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(rows, (cases) => {
        const among = (places: number) =>
          cases.filter(({ scores, label }) =>
            scores
              .toSorted((a, b) => b - a)
              .slice(0, places)
              .includes(scores[label]!),
          ).length / cases.length;
        // Ranks instead of the integers themselves: float32 could not tell some of these apart.
        const ranks = cases.flatMap(({ scores }) =>
          scores.map((score) => scores.filter((other) => other < score).length),
        );
        const { top1, top5 } = classification(
          Float32Array.from(ranks),
          Int32Array.from(cases, ({ label }) => label),
          8,
        );
        expect([top1, top5]).toEqual([among(1), among(5)]);
      }),
    );
  });

  it("refuses scores that do not fit the labels", async () => {
    expect(await refusedWith(() => classification(new Float32Array(5), Int32Array.of(0, 1), 3))).toEqual({
      code: "INVALID_DATA",
      data: { labels: 2, classes: 3, scores: 5 },
    });
  });
});
