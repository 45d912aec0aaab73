import { expect, it } from "vitest";

import { markupOf } from "../report/html.ts";
import { compareVariants, type ComparedVariant } from "./comparison.ts";
import { sweepPlot } from "./sweep-plot.ts";
import { sweptValues } from "./swept-values.ts";

const variant = (varied: Readonly<Record<string, unknown>>, knn: readonly number[]): ComparedVariant => ({
  name: JSON.stringify(varied),
  varied: Object.entries(varied).map(([option, value]) => ({ option, value })),
  runs: knn.map((accuracy, seed) => ({ seed, folder: "", status: "finished", measured: { knn: accuracy } })),
});
const plot = (variants: readonly ComparedVariant[]) => {
  const comparison = compareVariants([0, 1], variants);
  const markup = sweepPlot(comparison, comparison.quantities[0]!);
  return markup === undefined ? undefined : markupOf(markup).replaceAll(/\s+/g, " ");
};
const circles = (markup: string, kind: string) =>
  [...markup.matchAll(new RegExp(`class="${kind}" cx="([\\d.]+)%" cy="([\\d.]+)%"`, "g"))].map(
    ([, x, y]) => [Number(x), Number(y)] as const,
  );

it("a line over values from small to large, with means, deviations and numbers", () => {
  const markup = plot([
    variant({ lr: 0.3 }, [0.4, 0.4]),
    variant({ lr: 0.1 }, [0.2, 0.3]),
    variant({ lr: 0.2 }, [0.3, 0.3]),
  ])!;
  // From 15 % to 40 %; margins of 7 % left and right.
  expect(circles(markup, "mean").map(([x]) => x)).toEqual([7, 50, 93]);
  const [low, middle, high] = circles(markup, "mean").map(([, y]) => y);
  expect(low).toBeGreaterThan(middle!);
  expect(middle).toBeGreaterThan(high!);
  expect(circles(markup, "seed")).toHaveLength(6);
  expect(markup).toContain("> 25.0 % <");
  expect(markup).not.toContain("logarithmic");
  expect(markup).toContain('aria-label="lr=0.1: 25.0 %; lr=0.2: 30.0 %; lr=0.3: 40.0 %"');
});

it("is logarithmic over values far apart, with a line for each other value", () => {
  const markup = plot(
    ["a", "b"].flatMap((use) =>
      [0.01, 0.1, 1].map((lr) => variant({ use, lr }, use === "a" ? [0.2] : [0.4])),
    ),
  )!;
  expect(circles(markup, "mean").map(([x]) => x)).toEqual([7, 50, 93, 7, 50, 93]);
  expect(markup).toContain("logarithmic");
  expect(markup).toMatch(/use=a<\/li>.*use=b<\/li>/);
});

it("is not drawn over words, or without a sweep", () => {
  expect(plot([variant({ use: "a" }, [0.2]), variant({ use: "b" }, [0.3])])).toBeUndefined();
  expect(plot([variant({}, [0.2]), variant({}, [0.3])])).toBeUndefined();
  expect(sweptValues([variant({ k: 1, lr: 0.1 }, []), variant({ k: 1, lr: 0.2 }, [])])!.option).toBe("lr");
});
