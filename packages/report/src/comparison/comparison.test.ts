import { describe, expect, it } from "vitest";

import { bootstrapMean } from "./bootstrap.ts";
import { compareVariants, type ComparedRun, type ComparedVariant, EVALUATED } from "./comparison.ts";

const run = (seed: number, measured: Record<string, number>): ComparedRun => ({
  seed,
  folder: `v/seed-${seed}`,
  status: "finished",
  measured,
});
const failed = (seed: number): ComparedRun => ({ ...run(seed, {}), status: "failed", reason: "full disk" });

const base: ComparedVariant = {
  name: "base",
  runs: [run(0, { knn: 0.3, loss: 6, seconds: 10 }), run(1, { knn: 0.4, loss: 5, seconds: 12 }), failed(2)],
};
const other: ComparedVariant = {
  name: "other",
  runs: [
    run(0, { knn: 0.35, loss: 9, "x/ddm": 3, seconds: 11 }),
    run(1, { knn: 0.43, loss: 8, "x/ddm": 2, seconds: 13 }),
    run(2, { knn: 0.9, loss: 7, "x/ddm": 1, seconds: 12 }),
  ],
};

describe("compareVariants", () => {
  const { quantities } = compareVariants([0, 1, 2], [base, other]);
  const quantity = (name: string) => quantities.find((one) => one.name === name)!.variants;

  it("lists accuracies first, then losses, then costs", () => {
    expect(quantities.map(({ name }) => name)).toEqual(["knn", "loss", "x/ddm", "seconds"]);
  });

  it("takes differences seed by seed, of those seeds that both variants have", () => {
    const [first, second] = quantity("knn");
    expect(first).toEqual({
      variant: "base",
      values: [0.3, 0.4, null],
      mean: 0.35,
      deviation: expect.closeTo(Math.sqrt(0.005), 12) as number,
    });
    expect(second!.values).toEqual([0.35, 0.43, 0.9]);
    expect(second!.mean).toBeCloseTo(0.56, 12);
    const { values, mean } = second!.difference!;
    expect(values).toEqual([expect.closeTo(0.05, 12), expect.closeTo(0.03, 12), null]);
    expect(mean).toBeCloseTo(0.04, 12);
  });

  it("has an interval from three pairs on, and none of what a run costs", () => {
    const third = (variant: ComparedVariant, measured: Record<string, number>) => ({
      ...variant,
      runs: [...variant.runs.slice(0, 2), run(2, measured)],
    });
    const intervalsOf = (variants: readonly ComparedVariant[]) =>
      Object.fromEntries(
        compareVariants([0, 1, 2], variants).quantities.map(({ name, variants: [, second] }) => [
          name,
          second!.difference?.interval,
        ]),
      );
    expect(intervalsOf([base, other])).toMatchObject({ knn: undefined, seconds: undefined });
    const three = intervalsOf([
      third(base, { knn: 0.5, seconds: 9 }),
      third(other, { knn: 0.51, seconds: 10 }),
    ]);
    const pairs = [0.35 - 0.3, 0.43 - 0.4, 0.51 - 0.5];
    expect(three).toMatchObject({ knn: bootstrapMean(pairs), seconds: undefined });
  });

  it("compares losses of the same terms alone", () => {
    expect(quantity("loss")[1]).toMatchObject({ mean: 8 });
    expect(quantity("loss")[1]!.difference).toBeUndefined();
    const { quantities: alike } = compareVariants([0], [other, { ...other, name: "again" }]);
    expect(alike.find(({ name }) => name === "loss")!.variants[1]!.difference).toMatchObject({ mean: 0 });
  });

  it("compares with the baseline that is chosen", () => {
    const { baseline, quantities: turned } = compareVariants([0, 1, 2], [base, other], "other");
    expect(baseline).toBe("other");
    const [first, second] = turned[0]!.variants;
    expect(first!.difference!.mean).toBeCloseTo(-0.04, 12);
    expect(second!.difference).toBeUndefined();
  });

  it("compares no losses that are weighted otherwise, and lists the linear probe first", () => {
    const again = { ...other, name: "again", objective: { weight: 2 } };
    const { quantities: two } = compareVariants([0], [{ ...other, objective: { weight: 1 } }, again]);
    expect(two.find(({ name }) => name === "loss")!.variants[1]!.difference).toBeUndefined();
    const measured = { knn: 0.1, [`${EVALUATED}kNN, k 5`]: 0.2, linear: 0.3 };
    const { quantities: three } = compareVariants([0], [{ name: "a", runs: [run(0, measured)] }]);
    expect(three.map(({ name }) => name)).toEqual(["linear", "knn", `${EVALUATED}kNN, k 5`]);
  });

  it("compares nothing that the first variant does not have", () => {
    const [first, second] = quantity("x/ddm");
    expect(first).toEqual({ variant: "base", values: [null, null, null], mean: null, deviation: null });
    expect(second!.mean).toBe(2);
    expect(second!.difference).toBeUndefined();
  });

  it("has neither deviation nor interval for one seed", () => {
    const [{ variants }] = compareVariants([0], [base, other]).quantities as [(typeof quantities)[number]];
    expect(variants[1]).toEqual({
      variant: "other",
      values: [0.35],
      mean: 0.35,
      deviation: null,
      difference: { values: [expect.closeTo(0.05, 12)], mean: expect.closeTo(0.05, 12) as number },
    });
  });
});
