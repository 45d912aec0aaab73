import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { classBalance } from "./class-balance.ts";

interface GoldenCase {
  readonly classes: number;
  readonly labels: readonly number[];
  readonly answers: readonly number[];
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly largestClass: number;
}

const file = new URL("../../fixtures/class-balance.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Readonly<Record<string, GoldenCase>> };

const confusionOf = ({ classes, labels, answers }: GoldenCase) => {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => confusion[label]![answers[i]!]!++);
  return confusion;
};

describe("classBalance", () => {
  it.each(Object.entries(cases))("agrees with scikit-learn: %s", (_name, golden) => {
    const { balancedAccuracy, largestClass } = classBalance(confusionOf(golden));
    expect(balancedAccuracy).toBeCloseTo(golden.balancedAccuracy, 12);
    expect(largestClass).toBeCloseTo(golden.largestClass, 12);
  });

  it("is the accuracy where classes are alike in size", () => {
    const golden = cases["equal classes"]!;
    expect(classBalance(confusionOf(golden)).balancedAccuracy).toBeCloseTo(golden.accuracy, 12);
  });

  it("shows what one answer for all hides: 54, 3 and 3 images", () => {
    const confusion = [[54, 0, 0], [3, 0, 0], [3, 0, 0]]; // prettier-ignore
    expect(classBalance(confusion)).toEqual({ balancedAccuracy: 1 / 3, largestClass: 0.9 });
  });
});
