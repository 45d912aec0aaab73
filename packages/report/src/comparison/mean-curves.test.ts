import { expect, it } from "vitest";

import { compareVariants, type ComparedVariant, type LearningCurve } from "./comparison.ts";
import { meanCurves } from "./mean-curves.ts";

const variant = (name: string, curves: readonly LearningCurve[], objective: string): ComparedVariant => ({
  name,
  objective,
  runs: curves.map((knn, seed) => ({
    seed,
    folder: "",
    status: "finished",
    measured: { "m/term": 1 },
    curves: { knn, loss: knn },
  })),
});
const curve = (values: readonly number[], steps = [0, 10, 20]): LearningCurve => ({
  steps: steps.slice(0, values.length),
  epochs: steps.slice(0, values.length).map((step) => step / 10),
  values,
});

it("means of the seeds with one deviation around, at the steps that all have", () => {
  const both = variant("both", [curve([0.1, 0.2, 0.5]), curve([0.3, 0.4])], "a");
  const one = variant("one", [curve([0.2, 0.4, 0.6])], "a");
  const [knn, loss] = meanCurves(compareVariants([0, 1], [both, one]));
  const deviation = Math.sqrt(0.02);
  expect(knn).toMatchObject({ title: "kNN accuracy", unit: "%" });
  expect(knn!.curves).toEqual([
    {
      ...{ run: "both", place: 0, steps: [0, 10], epochs: [0, 1], values: [20, 30], perPoint: 1 },
      band: {
        low: [20, 30].map((mean) => expect.closeTo(mean - 100 * deviation, 3) as number),
        high: [20, 30].map((mean) => expect.closeTo(mean + 100 * deviation, 3) as number),
      },
    },
    { run: "one", place: 1, steps: [0, 10, 20], epochs: [0, 1, 2], values: [20, 40, 60], perPoint: 1 },
  ]);
  expect(loss!.curves.map(({ values }) => values)).toEqual([
    [0.2, 0.3],
    [0.2, 0.4, 0.6],
  ]);
});

it("draws no losses over each other that are other sums", () => {
  const variants = [variant("a", [curve([1, 2])], "a"), variant("b", [curve([3, 4])], "b")];
  expect(meanCurves(compareVariants([0], variants)).map(({ title }) => title)).toEqual(["kNN accuracy"]);
});
