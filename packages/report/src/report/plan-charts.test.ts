import { expect, test } from "vitest";

import { fallingLoss, learnedRun } from "./learned-run.test.data.ts";
import { digestOf } from "./metrics-digest.ts";
import { planCharts, planOverlay } from "./plan-charts.ts";

test("kNN comes first and starts from the untrained encoder, then loss, terms, and the rest", () => {
  const row = {
    step: 0,
    epoch: 0,
    values: { lr: 1, "embedding/rank": 1, spread: 1, "clsa/ddm": 1, loss: 1 },
  };
  const charts = planCharts({ ...learnedRun, metrics: digestOf([row]) });
  expect(charts.map(({ title }) => title)).toEqual([
    "kNN accuracy",
    "Total loss",
    "clsa/ddm",
    "Effective rank of embeddings",
    "spread",
    "Learning rate",
  ]);
  expect(charts[0]!.curves[0]).toMatchObject({ steps: [0, 49, 99], values: [29.6, 33.4, 36.1] });
  expect(charts[0]!.references.map(({ label }) => label)).toEqual(["untrained", "guessing"]);
});

test("a metric that some rows lack has only the steps it was logged at", () => {
  const metrics = [
    { step: 0, epoch: 0, values: { loss: 3 } },
    { step: 1, epoch: 0, values: { loss: 2, gradientNorm: 5 } },
  ];
  const charts = planCharts({ ...learnedRun, metrics: digestOf(metrics) });
  expect(charts.find(({ title }) => title === "Norm of the gradient")!.curves).toMatchObject([
    { steps: [1], values: [5] },
  ]);
});

test("what is logged of a queue and a term has their names in its title", () => {
  const values = {
    "moco.keys/filled": 1,
    "moco.keys/oldestSteps": 2,
    "clsa/ddm/gradientShare": 0.5,
    "a/b": 1,
  };
  const charts = planCharts({ title: "run", metrics: digestOf([{ step: 1, epoch: 1, values }]) });
  expect(charts.map(({ title }) => title).sort()).toEqual([
    "Queue moco.keys: share that is filled",
    "Queue moco.keys: steps since its oldest embedding",
    "Share of the gradient: clsa/ddm",
    "a/b",
  ]);
});

test("a value that is no number is a gap, and a metric of nothing else has no chart", () => {
  const metrics = [
    { step: 0, epoch: 0, values: { loss: 3, "moco/infoNce": NaN } },
    { step: 1, epoch: 0, values: { loss: Infinity, "moco/infoNce": NaN } },
  ];
  const charts = planCharts({ ...learnedRun, metrics: digestOf(metrics) });
  expect(charts.find(({ title }) => title === "Total loss")!.curves[0]!.values).toEqual([3, null]);
  expect(charts.some(({ title }) => title === "moco/infoNce")).toBe(false);
});

test("a long run is thinned to means that keep its last step", () => {
  const chart = planCharts({ ...learnedRun, metrics: digestOf(fallingLoss(10_000)) }).find(
    ({ title }) => title === "Total loss",
  )!.curves[0]!;
  expect(chart.perPoint).toBe(16);
  expect(chart.values).toHaveLength(625);
  expect(chart.steps.at(-1)).toBe(9999);
  // The mean of steps 0…15 of a line from 7 to 5 over 9,999 steps.
  expect(chart.values[0]).toBeCloseTo(7 - (2 * 7.5) / 9999, 5);
});

test("a reference goes with the chart of its name", () => {
  const references = { loss: { value: 7, label: "chance: log 1089" } };
  const charts = planCharts({ ...learnedRun, references });
  expect(charts.find(({ title }) => title === "Total loss")!.references).toEqual([references.loss]);
  expect(charts.find(({ title }) => title === "Learning rate")!.references).toEqual([]);
});

test("an overlay has a curve for each run that logged a metric, and the levels that all share", () => {
  const level = { value: 7, label: "chance" };
  const runs = [
    {
      title: "a",
      metrics: digestOf([{ step: 1, epoch: 1, values: { loss: 3, "clsa/ddm": 2 } }]),
      references: { loss: level },
    },
    {
      title: "b",
      metrics: digestOf([{ step: 5, epoch: 1, values: { loss: 4 } }]),
      references: { loss: { ...level } },
    },
    { title: "c", metrics: digestOf([{ step: 2, epoch: 1, values: { "clsa/ddm": NaN } }]) },
  ];
  const own = (run: string, place: number, steps: number[], values: number[]) =>
    ({ run, place, steps, epochs: [1], values, perPoint: 1 }); // prettier-ignore
  expect(planOverlay(runs)).toEqual([
    {
      title: "Total loss",
      unit: "",
      curves: [own("a", 0, [1], [3]), own("b", 1, [5], [4])],
      references: [level],
    },
    { title: "clsa/ddm", unit: "", curves: [own("a", 0, [1], [2])], references: [] },
  ]);
  const other = { ...runs[1]!, references: { loss: { value: 6, label: "chance" } } };
  expect(planOverlay([runs[0]!, other])[0]!.references).toEqual([]);
});
