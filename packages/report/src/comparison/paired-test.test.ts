import { describe, expect, it } from "vitest";

import { readGolden } from "@tssl/core/testing";
import { holm, pairedTest, seedsToTell } from "./paired-test.ts";

const golden = readGolden<{
  cases: { name: string; values: number[]; p: number }[];
  needed: { effect: number; seeds: number }[];
  holm: { values: number[]; adjusted: number[] }[];
}>(new URL("../../fixtures/paired-test.json", import.meta.url));

describe("pairedTest", () => {
  it.each(golden.cases)("agrees with SciPy's: $name", ({ values, p }) => {
    expect(pairedTest(values)).toBeCloseTo(p, 9);
    expect(pairedTest(values.map((value) => -100 * value))).toBeCloseTo(p, 9);
  });

  it("is 1 for differences that cancel, and is not there where their spread is not known", () => {
    expect(pairedTest([0.25, -0.25])).toBe(1);
    expect(pairedTest([0.5])).toBeUndefined();
    expect(pairedTest([0.35 - 0.3, 0.43 - 0.38, 0.25 - 0.2])).toBeUndefined();
  });
});

it.each(golden.needed)("a difference of $effect deviations takes $seeds seeds", ({ effect, seeds }) => {
  const half = Math.SQRT1_2; // two values so far from their mean have a deviation of 1
  expect(seedsToTell([effect - half, effect + half])).toBe(seeds);
});

it.each(golden.holm)("Holm's correction of $values", ({ values, adjusted }) => {
  holm(values).forEach((p, i) => expect(p).toBeCloseTo(adjusted[i]!, 9));
});
