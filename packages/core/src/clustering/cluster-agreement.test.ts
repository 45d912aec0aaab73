import { describe, expect, it } from "vitest";

import { readGolden, refusal } from "../testing/index.ts";
import { clusterAgreement } from "./cluster-agreement.ts";

const { agreement } = readGolden<{
  agreement: readonly { clusters: number[]; classes: number[]; purity: number; nmi: number }[];
}>(new URL("../../fixtures/kmeans.json", import.meta.url));

const of = (clusters: readonly number[], classes: readonly number[]) =>
  clusterAgreement(Int32Array.from(clusters), Int32Array.from(classes));

describe("clusterAgreement", () => {
  it.each(agreement)("is scikit-learn's: %#", ({ clusters, classes, ...want }) => {
    const { purity, nmi } = of(clusters, classes);
    expect(purity).toBeCloseTo(want.purity, 8);
    expect(nmi).toBeCloseTo(want.nmi, 8);
  });

  it("is 1 where clusters are the classes, whatever their numbers", () => {
    const renamed = of([4, 4, 1, 0], [0, 0, 1, 2]);
    expect(renamed.purity).toBe(1);
    expect(renamed.nmi).toBeCloseTo(1, 12);
    expect(of([3, 3], [1, 1])).toEqual({ purity: 1, nmi: 1 });
  });

  it("is pure but says little where each row is its own cluster, and nothing where all are one", () => {
    const [own, one] = [of([0, 1, 2, 3], [0, 0, 1, 1]), of([0, 0, 0, 0], [0, 0, 1, 1])];
    expect(own.purity).toBe(1);
    expect(own.nmi).toBeCloseTo(2 / 3, 12);
    expect(one).toEqual({ purity: 0.5, nmi: 0 });
  });

  it("leaves out rows whose class is not known", () => {
    expect(of([0, 0, 1, 1], [5, -1, 5, 7])).toEqual(of([0, 1, 1], [5, 5, 7]));
  });

  it("says what is wrong", async () => {
    expect(await refusal(() => of([0, 1], [0]))).toBe(
      "SHAPE_MISMATCH: clusterAgreement: classes must have shape [2] (as many as clusters), got [1].",
    );
  });
});
