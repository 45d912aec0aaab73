import { describe, expect, it } from "vitest";

import { bootstrapMean } from "./bootstrap.ts";
import type { QuantityComparison } from "./comparison.ts";
import { judge } from "./judgement.ts";
import { pairedTest } from "./paired-test.ts";

const quantity = (rows: Readonly<Record<string, readonly (number | null)[]>>): QuantityComparison => ({
  name: "knn",
  variants: Object.entries(rows).map(([variant, values]) => {
    const known = values.filter((value) => value !== null);
    return {
      variant,
      values,
      mean: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
      deviation: null,
    };
  }),
});

const base = [0.3, 0.31, 0.29, 0.32, 0.28];
const plus = (differences: readonly number[]) => differences.map((difference, i) => base[i]! + difference);

describe("judge", () => {
  it("is clear where interval and paired t-test exclude zero", () => {
    const differences = [0.02, 0.024, 0.018, 0.021, 0.022];
    const { best, mean, pairs, others } = judge(quantity({ base, other: plus(differences) }))!;
    expect({ best, pairs }).toEqual({ best: "other", pairs: 5 });
    expect(mean).toBeCloseTo(0.321, 12);
    const [rival] = others;
    expect(rival).toMatchObject({ variant: "base", certainty: "clear" });
    expect(rival!.difference).toBeCloseTo(0.021, 12);
    expect(rival!.interval!.low).toBeCloseTo(bootstrapMean(differences)!.low, 12);
    expect(rival!.p).toBeCloseTo(pairedTest(differences)!, 12);
  });

  it.each([
    { certainty: "leaning", differences: [0.031, 0.012, 0.018, -0.006, 0.025] }, // p = 0.066
    { certainty: "within noise", differences: [0.03, -0.02, 0.01, -0.01, 0.02] },
    { certainty: "leaning", differences: [0.02, 0.02, 0.02, 0.02, 0.02] }, // nothing of their spread is known
    { certainty: "too few seeds", differences: [0.02, 0.03] },
    { certainty: "too few seeds", differences: [0.02] },
  ])("is $certainty for $differences", ({ certainty, differences }) => {
    const judgement = judge(quantity({ other: plus(differences), base: base.slice(0, differences.length) }))!;
    expect(judgement.best).toBe("other");
    expect(judgement.others[0]!.certainty).toBe(certainty);
  });

  it("corrects p-values for the number of rivals, and sorts these by their mean", () => {
    const lead = [0.02, 0.034, 0.012, 0.021, 0.022];
    const rows = { worse: base, best: plus(lead), bad: base.map((value, i) => value - 0.1 + i / 1000) };
    const { best, others } = judge(quantity(rows))!;
    expect([best, ...others.map(({ variant }) => variant)]).toEqual(["best", "worse", "bad"]);
    const p = pairedTest(lead)!; // the larger of two
    expect(others[0]!.p).toBeCloseTo(p, 12);
    expect(others[1]!.p).toBeLessThan(p);
    expect(others[1]!.p).toBeCloseTo(2 * pairedTest(lead.map((value, i) => value + 0.1 - i / 1000))!, 12);
  });

  it("judges over the seeds that all have, and leaves out who has too few of them", () => {
    const rows = { base, other: [0.4, 0.4, null, 0.4, 0.4], none: base.map(() => null) };
    expect(judge(quantity(rows))).toMatchObject({ best: "other", pairs: 4, leftOut: [] });
    const few = { base, other: plus([0.01, 0.02, 0, 0.01, 0.02]), one: [0.9, null, null, null, null] };
    expect(judge(quantity(few))).toMatchObject({ best: "other", pairs: 5, leftOut: ["one"] });
    expect(judge(quantity({ base, none: rows.none }))).toBeUndefined();
    expect(judge(quantity({ a: [0.1, null], b: [null, 0.2] }))).toBeUndefined();
  });
});
